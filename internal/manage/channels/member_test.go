package channels_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/channels"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

func TestMembers(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create(sample())
		path := collection + "/" + id + "/members"
		r := x.alice.Do("POST", path, object{"vpc_instances": list(member("instance02"))}).Want(201)
		x.touched(id)
		x.has(r, map[string]string{
			"total": "2", "size": "2", "vpc_instances.0.instance_id": "instance02", "vpc_instances.0.instance_name": "name_of_instance02",
			"vpc_instances.0.host": "10.0.0.2", "vpc_instances.0.weight": "10", "vpc_instances.0.vpc_id": id, "vpc_instances.0.status": "1",
			"vpc_instances.0.create_time": "2026-01-02T03:04:06Z", "vpc_instances.1.instance_id": "instance01",
		})
		if got := x.hosts(id); !slices.Equal(got, []string{"10.0.0.1", "10.0.0.2"}) {
			t.Errorf("gateways call %v", got)
		}
		x.alice.Do("POST", path, object{"vpc_instances": list(member("instance03"), member("instance02"))}).
			Refused(400, "APIG.3306", "The IP address already exists, instance_id:instance02")
		x.alice.Do("POST", path, object{"vpc_instances": list()}).Refused(400, "APIG.2001", "vpc_instances")
		x.alice.Do("POST", path, object{}).Refused(400, "APIG.2001", "vpc_instances")
		x.alice.Do("POST", path, object{"vpc_instances": list(host("10.0.0.1"))}).Refused(400, "APIG.2001", "vpc_instances[0].instance_id")
		x.touched()

		x.alice.Do("DELETE", path+"/"+r.Text("vpc_instances.0.id"), nil).Want(204)
		x.touched(id)
		x.alice.Do("DELETE", path+"/instance01", nil).Want(204)
		x.touched(id)
		for _, gone := range []string{r.Text("vpc_instances.0.id"), "instance01", "x", strings.Repeat("9", 1000)} {
			x.alice.Do("DELETE", path+"/"+gone, nil).Refused(404, "APIG.3024", "The VPC instance does not exist,id:"+gone[:1])
		}
		x.touched()
		if ch := x.published(id); ch.Members != nil {
			t.Errorf("gateways call %v", ch.Members)
		}
	})
}

// TestMemberNamedLikeAnother: a member's own id is asked first, whatever ids
// clients give to their servers.
func TestMemberNamedLikeAnother(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create(sample())
		path := collection + "/" + id + "/members"
		own := x.alice.Do("GET", path, nil).Want(200).Text("vpc_instances.0.id")
		x.server(own, "10.0.0.50") // a server whose id is that of the member
		x.alice.Do("POST", path, object{"vpc_instances": list(member(own))}).Want(201)
		x.alice.Do("DELETE", path+"/"+own, nil).Want(204)
		if got := x.hosts(id); !slices.Equal(got, []string{"10.0.0.50"}) {
			t.Errorf("left are %v", got)
		}
		other := x.create(with(sample(), "name", "other"))
		x.alice.Do("DELETE", collection+"/"+other+"/members/"+own, nil).Refused(404, "APIG.3024")
	})
}

func TestMembersFollowTheDirectory(t *testing.T) {
	each(t, func(x *fixture) {
		first := x.create(with(sample(), "vpc_instances", list(member("instance01"), member("instance02"))))
		second := x.create(with(sample(), "name", "second"))
		x.create(with(sample(), "name", "third", "vpc_instances", list(member("instance03"))))
		hosts := x.create(with(sample(), "name", "hosts", "member_type", "ip", "vpc_instances", list(host("10.0.0.1"))))
		both := []string{first, second}
		slices.Sort(both)

		x.server("instance01", "10.0.1.1")
		x.touched(both...)
		for _, id := range both {
			if got := x.hosts(id); got[0] != "10.0.1.1" && got[len(got)-1] != "10.0.1.1" {
				t.Errorf("gateways call %v", got)
			}
		}
		x.server("instance01", "10.0.1.1") // as it was
		x.touched()
		// A server of the same id in another project is another server.
		x.bob.Do("PUT", "/v1/p2/servers/instance01", serverAt("10.8.8.8")).Want(200)
		x.touched()

		x.alice.Do("DELETE", "/v1/p1/servers/instance01", nil).Want(204)
		x.touched(both...)
		x.has(x.alice.Do("GET", collection+"/"+second+"/members", nil).Want(200), map[string]string{
			"total": "1", "vpc_instances.0.instance_id": "instance01", "vpc_instances.0.host": "", "vpc_instances.0.status": "2",
		})
		if got := x.hosts(first); !slices.Equal(got, []string{"10.0.0.2"}) {
			t.Errorf("gateways call %v", got)
		}
		if got := x.hosts(second); got != nil {
			t.Errorf("gateways call %v", got)
		}
		if got := x.hosts(hosts); !slices.Equal(got, []string{"10.0.0.1"}) {
			t.Errorf("a host follows the directory: %v", got)
		}
		// Naming it again is refused until it is back.
		x.alice.Do("PUT", collection+"/"+second, with(sample(), "name", "second")).Refused(404, "APIG.3092", "instance01")
		x.touched()
		x.server("instance01", "10.0.2.1")
		x.touched(both...)
		if got := x.hosts(second); !slices.Equal(got, []string{"10.0.2.1"}) {
			t.Errorf("gateways call %v", got)
		}
	})
}

func TestLists(t *testing.T) {
	each(t, func(x *fixture) {
		first := x.create(sample())
		x.create(with(sample(), "name", "Second_100", "vpc_instances", list()))
		x.create(with(sample(), "name", "third", "member_type", "ip", "vpc_instances", list(host("10.1.1.1"))))
		x.bob.Do("POST", collection, with(sample(), "name", "foreign", "vpc_instances", nil)).Want(201)
		names := func(c *wiretest.Client, query string) string {
			t.Helper()
			var page channels.List
			c.Do("GET", collection+query, nil).Want(200).Decode(&page)
			out := []string{}
			for _, ch := range page.Channels {
				out = append(out, ch.Name)
			}
			if page.Size != len(out) || page.Total < page.Size {
				t.Errorf("%q: total %d, size %d with %d entries", query, page.Total, page.Size, len(out))
			}
			return strings.Join(out, " ")
		}
		for query, want := range map[string]string{
			"":                                    "third Second_100 vpc_001",
			"?page_size=2":                        "third Second_100",
			"?page_size=2&page_no=2":              "vpc_001",
			"?page_size=0":                        "third Second_100 vpc_001",
			"?limit=1&offset=1":                   "Second_100",
			"?id=" + first:                        "vpc_001",
			"?id=nothing":                         "",
			"?name=_":                             "Second_100 vpc_001",
			"?name=SECOND":                        "Second_100",
			"?name=second&precise_search=name":    "",
			"?name=vpc_001&precise_search=name":   "vpc_001",
			"?name=%25":                           "",
			"?vpc_type=2":                         "third Second_100 vpc_001",
			"?vpc_type=1":                         "",
			"?vpc_type=":                          "third Second_100 vpc_001",
			"?name=foreign":                       "",
			"?unknown=1&name=third&vpc_type=2":    "third",
			"?name=thi&precise_search=id&limit=9": "third",
		} {
			if got := names(x.alice, query); got != want {
				t.Errorf("%q: %q, want %q", query, got, want)
			}
		}
		if got := names(x.admin, "?name=r"); got != "foreign third" {
			t.Errorf("an administrator sees %q", got)
		}
		r := x.alice.Do("GET", collection+"?name=third", nil).Want(200)
		x.has(r, map[string]string{
			"vpcs.0.type": "2", "vpcs.0.member_type": "ip", "vpcs.0.port": "15565", "vpcs.0.balance_strategy": "1",
			"vpcs.0.create_time": "2026-01-02T03:04:07Z", "vpcs.0.status": "1",
		})
		if r := x.bob.Do("GET", collection+"?name=nothing", nil).Want(200); string(r.Body) != `{"total":0,"size":0,"vpcs":[]}` {
			t.Errorf("an empty list: %s", r.Body)
		}
		x.alice.Do("GET", collection+"?vpc_type=two", nil).Refused(400, "APIG.2011", "vpc_type")
		x.alice.Do("GET", collection+"?page_size=501", nil).Refused(400, "APIG.2003", "page_size")
		x.alice.Do("GET", collection+"?page_no=0", nil).Refused(400, "APIG.2002", "page_no")
	})
}

func TestMemberLists(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create(sample())
		path := collection + "/" + id + "/members"
		for _, server := range []string{"instance02", "instance03"} {
			x.alice.Do("POST", path, object{"vpc_instances": list(with(member(server), "instance_name", "Node_"+server))}).Want(201)
			x.clock.Advance(time.Second)
		}
		for query, want := range map[string]string{
			"":                        "instance03 instance02 instance01",
			"?page_size=2":            "instance03 instance02",
			"?page_size=2&page_no=2":  "instance01",
			"?name=node":              "instance03 instance02",
			"?name=node_&page_size=1": "instance03",
			"?name=%25":               "",
		} {
			var page channels.Members
			x.alice.Do("GET", path+query, nil).Want(200).Decode(&page)
			out := []string{}
			for _, m := range page.Members {
				out = append(out, m.InstanceID)
			}
			if got := strings.Join(out, " "); got != want || page.Size != len(out) {
				t.Errorf("%q: %q of %d, want %q", query, got, page.Size, want)
			}
		}
		x.has(x.alice.Do("GET", path+"?name=node&page_size=1", nil), map[string]string{"total": "2", "size": "1"})
		x.alice.Do("GET", path+"?page_size=501", nil).Refused(400, "APIG.2003", "page_size")
		x.alice.Do("GET", path+"?page_size=-1", nil).Refused(400, "APIG.2002", "page_size")
		x.alice.Do("GET", path+"?page_no=x", nil).Refused(400, "APIG.2011", "page_no")
	})
}

func TestQuotas(t *testing.T) {
	each(t, func(x *fixture) {
		five := list()
		for i := range 5 {
			five = append(five, host(fmt.Sprintf("10.1.1.%d", i)))
		}
		d := with(sample(), "member_type", "ip", "vpc_instances", five)
		x.alice.Do("POST", collection, d).Refused(403, "APIG.3110")
		id := x.create(with(d, "vpc_instances", five[:3]))
		path := collection + "/" + id
		x.alice.Do("POST", path+"/members", object{"vpc_instances": five[3:]}).Refused(403, "APIG.3110")
		x.alice.Do("PUT", path, d).Refused(403, "APIG.3110")
		x.touched()
		x.alice.Do("POST", path+"/members", object{"vpc_instances": five[3:4]}).Want(201)
		x.alice.Do("PUT", path, with(d, "vpc_instances", five[1:])).Want(200)

		// A lower quota takes nothing away and lets nothing in.
		x.exec(`INSERT INTO project_quotas (project_id, item, quota, update_time) VALUES ('p1', 'members', 2, 0)`)
		x.alice.Do("PUT", path, with(d, "vpc_instances", five[:4])).Want(200)
		x.alice.Do("PUT", path, with(d, "vpc_instances", five[:3])).Want(200)
		x.alice.Do("PUT", path, with(d, "vpc_instances", five[:4])).Refused(403, "APIG.3110")

		for i := range 3 {
			x.create(with(sample(), "name", fmt.Sprintf("filler_%d", i)))
		}
		x.alice.Do("POST", collection, with(sample(), "name", "too_many")).Refused(403, "APIG.3109")
		x.bob.Do("POST", collection, with(sample(), "name", "too_many", "vpc_instances", nil)).Want(201)
	})
}

// TestTwoWritersShareTheQuota: whoever comes first, a channel never has more
// members than it may.
func TestTwoWritersShareTheQuota(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create(with(sample(), "member_type", "ip", "vpc_instances", nil))
		var wait sync.WaitGroup
		var mu sync.Mutex
		made := 0
		for i := range 8 {
			wait.Go(func() {
				r := x.alice.Do("POST", collection+"/"+id+"/members", object{"vpc_instances": list(host(fmt.Sprintf("10.1.1.%d", i)))})
				mu.Lock()
				defer mu.Unlock()
				if r.Status == 201 {
					made++
				} else if r.Status != 403 || !strings.Contains(string(r.Body), "APIG.3110") {
					t.Errorf("%d %s", r.Status, r.Body)
				}
			})
		}
		wait.Wait()
		if got := len(x.hosts(id)); made != 4 || got != 4 {
			t.Errorf("%d calls were answered 201, %d members are there; want 4", made, got)
		}
	})
}

// TestManyMembers: a body of a few bytes per member is refused by its length
// or by their number, before anything is looked up.
func TestManyMembers(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create(sample())
		for _, n := range []int{1001, 40_000} {
			body := `{"vpc_instances":[` + strings.TrimSuffix(strings.Repeat("{},", n), ",") + `]}`
			x.alice.Do("POST", collection+"/"+id+"/members", body).Refused(400, "APIG.2006", "parameterName:vpc_instances.")
		}
		body := `{"vpc_instances":[` + strings.TrimSuffix(strings.Repeat("{},", 400_000), ",") + `]}`
		x.alice.Do("POST", collection+"/"+id+"/members", body).Refused(413, "APIG.2006", "bytes")
		x.touched()
	})
}

func TestMemberIDs(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create(with(sample(), "vpc_instances", list(member("instance01"), member("instance02"), member("instance03"))))
		seen := map[string]bool{}
		for _, m := range x.published(id).Members {
			if !ids.Valid(m.ID) || seen[m.ID] {
				t.Errorf("member id %q", m.ID)
			}
			seen[m.ID] = true
		}
	})
}
