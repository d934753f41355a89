package ledger_test

import (
	"encoding/json"
	"testing"
)

// The numbers of the reference's samples (EOS 6.1.1, 1.3), item by item.
const (
	sampleUsage = `{"backup_gigabytes":100,"ram":10240,"instances":10,"router":5,"gigabytes_hdd":100,"backups":10,"port":100,"subnet":10,
		"network":500,"floatingip":5,"pods":0,"general_storage":0,"volumes_hdd":10,"security_group_rule":50,"cores":20,"memory":0,
		"security_group":5,"gpu":0,"snapshots_hdd":10,"alcub_storage":0,"cpu":0,"loadbalancer":5}`
	sampleQuotas = `{"backup_gigabytes":156.5,"ram":31146.0,"gpu":-1,"instances":60,"router":300,"gigabytes_hdd":156.5,"backups":156,
		"port":10180,"subnet":3000,"network":1000,"floatingip":65535,"pods":-1,"general_storage":-1,"volumes_hdd":156,
		"security_group_rule":5000,"memory":-1,"security_group":5000,"cores":72,"snapshots_hdd":156,"alcub_storage":-1,"cpu":-1,"loadbalancer":300}`
	// What is really used, and what was allocated, of the third sample.
	cloudUsage = `{"subnet":2,"network":2,"router":1,"floatingip":1,"snapshots_test":0,"backup_gigabytes":9,"ram":512,"gigabytes_test":0,
		"volumes_hdd":9,"security_group_rule":4,"instances":1,"cores":1,"security_group":1,"gigabytes_hdd":15,"backups":9,
		"snapshots_hdd":3,"volumes_test":0,"port":6,"loadbalancer":0}`
	cloudAllocated = `{"backup_gigabytes":100,"ram":10240,"pods":0,"gigabytes_test":0,"instances":10,"router":5,"gigabytes_hdd":100,"backups":10,
		"snapshots_test":0,"port":100,"subnet":10,"network":5,"floatingip":5,"volumes_test":0,"general_storage":0,"volumes_hdd":10,
		"security_group_rule":50,"cores":20,"memory":0,"security_group":5,"gpu":0,"snapshots_hdd":10,"alcub_storage":0,"cpu":0,"loadbalancer":5}`
	cloudQuotas = `{"pods":-1,"backup_gigabytes":114.38,"ram":31146.0,"gpu":-1,"gigabytes_test":0,"instances":60,"router":300,
		"gigabytes_hdd":114.38,"backups":114,"volumes_test":0,"port":10180,"subnet":3000,"network":1000,"floatingip":65535,
		"snapshots_test":0,"general_storage":-1,"volumes_hdd":114,"security_group_rule":5000,"memory":-1,"security_group":5000,
		"cores":72,"snapshots_hdd":114,"alcub_storage":-1,"cpu":-1,"loadbalancer":300}`
	// quota_fake of the sample has these items; its numbers have no meaning.
	fakeItems = `{"backup_gigabytes":0,"ram":0,"gigabytes_test":0,"instances":0,"cores":0,"gigabytes_hdd":0,"backups":0,"volumes_test":0,
		"port":0,"subnet":0,"network":0,"floatingip":0,"snapshots_test":0,"volumes_hdd":0,"security_group_rule":0,"security_group":0,
		"router":0,"snapshots_hdd":0,"loadbalancer":0}`
)

func (x *fixture) sample(text string) (numbers map[string]float64) {
	x.Helper()
	if err := json.Unmarshal([]byte(text), &numbers); err != nil {
		x.Fatal(err)
	}
	return numbers
}

// edit makes an edit of a sample's numbers.
func (x *fixture) edit(sample string) object {
	o := object{"region": region}
	for item, n := range x.sample(sample) {
		o[item] = n
	}
	return o
}

func (x *fixture) products(types ...string) {
	x.Helper()
	for _, name := range types {
		x.admin.Do("POST", "/v3/quota_volume_types", object{"volume_type": object{"name": name}}).Want(201)
	}
	x.admin.Do("PATCH", "/v3/quota_products/containers", object{"product": object{"enabled": true}}).Want(200)
}

// equal compares a sheet with a sample; items of the platform may be there too.
func (x *fixture) equal(what string, got, want map[string]float64) {
	x.Helper()
	for item, n := range want {
		if v, ok := got[item]; !ok || v != n {
			x.Errorf("%s: %s is %v (%t), want %v", what, item, v, ok, n)
		}
	}
}

func all(items map[string]float64, n float64) map[string]float64 {
	out := map[string]float64{}
	for item := range items {
		out[item] = n
	}
	return out
}

// TestSampleOfADepartment replays both samples of /v3/domain_quotas: one more
// field is edited, and the answer shows the edit (which the reference's does not).
func TestSampleOfADepartment(t *testing.T) {
	each(t, func(x *fixture) {
		x.products("hdd")
		x.admin.Do("PATCH", domains+"east", object{"domain": x.edit(sampleQuotas)}).Want(200)
		x.admin.Do("PATCH", project+"e1", object{"project": x.edit(sampleUsage)}).Want(200)
		got := x.figures(x.manager.Do("GET", domains+"east", nil))
		x.equal("usage", got["usage"], x.sample(sampleUsage))
		x.equal("quotas", got["quotas"], x.sample(sampleQuotas))
		x.equal("limits", got["limits"], all(x.sample(sampleQuotas), -1))

		edited := x.figures(x.admin.Do("PATCH", domains+"east", `{"domain":{"router":3000,"cores":100,"region":"RegionOne"}}`))
		want := x.sample(sampleQuotas)
		want["router"], want["cores"] = 3000, 100
		x.equal("edited quotas", edited["quotas"], want)
		x.equal("usage after the edit", edited["usage"], x.sample(sampleUsage))
		x.equal("limits after the edit", edited["limits"], all(want, -1))
	})
}

// TestSampleOfTheCloud replays the sample of /v3/domain_usage.
func TestSampleOfTheCloud(t *testing.T) {
	each(t, func(x *fixture) {
		x.products("hdd", "test")
		x.admin.Do("PATCH", domains+"default", object{"domain": x.edit(cloudQuotas)}).Want(200)
		x.admin.Do("PATCH", domains+"east", object{"domain": x.edit(cloudAllocated)}).Want(200)
		x.admin.Do("PATCH", domains+"east", object{"domain": numbers("pods", 0, "gpu", 0)}).Want(200)
		used := x.sample(cloudUsage)
		items := object{}
		for item, n := range used {
			if n > 0 {
				items[item] = n
			}
		}
		made := x.reserve("the sample", "e1", items)
		x.service.Do("POST", claims+"/"+made+"/commit", nil).Want(200)

		var body struct {
			Domain map[string]figures `json:"domain"`
		}
		x.admin.Do("GET", "/v3/domain_usage", nil).Want(200).Decode(&body)
		got := body.Domain[region]
		x.equal("usage", got["usage"], used)
		x.equal("allocated", got["allocated"], x.sample(cloudAllocated))
		x.equal("quotas", got["quotas"], x.sample(cloudQuotas))
		x.equal("limits", got["limits"], all(x.sample(cloudQuotas), -1))
		if len(got["quota_fake"]) != len(x.sample(fakeItems)) {
			x.Errorf("quota_fake has %d items, want %d", len(got["quota_fake"]), len(x.sample(fakeItems)))
		}
		for item := range x.sample(fakeItems) {
			x.equal("quota_fake", got["quota_fake"], map[string]float64{item: got["quotas"][item]})
		}
		for _, item := range []string{"cpu", "pods", "memory", "gpu", "alcub_storage", "general_storage"} {
			x.equal("container items in use", got["usage"], map[string]float64{item: 0})
		}
	})
}

// reserve makes a reservation and answers its id.
func (x *fixture) reserve(requestID, projectID string, items object) string {
	x.Helper()
	var out struct {
		Reservation struct{ ID string }
	}
	o := order(requestID, projectID)
	o["reservation"].(object)["items"] = items
	x.service.Do("POST", claims, o).Want(201).Decode(&out)
	return out.Reservation.ID
}
