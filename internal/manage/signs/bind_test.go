package signs_test

import (
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/manage/signs"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

func TestBind(t *testing.T) {
	each(t, func(x *fixture) {
		id, theirs := x.create(x.alice, "signature01"), x.create(x.bob, "theirs")
		key, _ := x.published(id)
		r := x.alice.Do("POST", bindings, signs.BindInput{SignID: id, PublishIDs: []string{"pub1", "pub2", "pub1"}}).Want(201)
		x.fields(r, map[string]string{
			"0.api_id": "api1", "0.api_name": "Name_api1", "0.api_remark": "about api1", "0.group_name": "Group_one", "0.api_type": "1",
			"0.sign_id": id, "0.sign_name": "signature01", "0.sign_key": key.Key, "0.sign_secret": "*****", "0.env_id": release, "0.env_name": "RELEASE",
			"0.binding_time": "2026-01-02T03:04:07.123456Z", "0.publish_id": "pub1", "1.api_id": "api2",
		})
		if r.Has("2") {
			x.Errorf("a publication that is given twice is bound twice: %s", r.Body)
		}
		first, second := r.Text("0.id"), r.Text("1.id")
		x.touched("binding/"+first, "binding/"+second)
		if got := x.bind(x.alice, id, "pub1"); got[0] != first {
			x.Errorf("bound anew: %v", got)
		}
		x.touched() // the same again changes nothing
		// Another key takes the place of the first.
		other := x.bind(x.alice, x.create(x.alice, "signature02"), "pub1")
		x.touched("binding/"+first, "binding/"+other[0])

		refused := func(c *wiretest.Client, in signs.BindInput, status int, code, text string) {
			x.Helper()
			c.Do("POST", bindings, in).Refused(status, code, text)
		}
		refused(x.alice, signs.BindInput{PublishIDs: []string{"pub1"}}, 400, "APIG.2001", "sign_id")
		refused(x.alice, signs.BindInput{SignID: id}, 400, "APIG.2001", "publish_ids")
		refused(x.alice, signs.BindInput{SignID: id, PublishIDs: make([]string, 1001)}, 400, "APIG.2006", "publish_ids")
		refused(x.alice, signs.BindInput{SignID: "nothing", PublishIDs: []string{"pub1"}}, 404, "APIG.3017", "nothing")
		refused(x.alice, signs.BindInput{SignID: theirs, PublishIDs: []string{"pub1"}}, 403, "APIG.1112", "")
		refused(x.alice, signs.BindInput{SignID: id, PublishIDs: []string{"pub1e", "nothing"}}, 404, "APIG.3015", "nothing")
		refused(x.alice, signs.BindInput{SignID: id, PublishIDs: []string{"pubf"}}, 403, "APIG.1102", "")
		refused(x.admin, signs.BindInput{SignID: id, PublishIDs: []string{"pubf"}}, 400, "APIG.1201", "")
		refused(x.reader, signs.BindInput{SignID: id, PublishIDs: []string{"pub1"}}, 403, "APIC.7110", "")
		x.touched()
		x.fields(x.admin.Do("POST", bindings, signs.BindInput{SignID: theirs, PublishIDs: []string{"pubf"}}).Want(201), map[string]string{"0.api_id": "foreign"})
	})
}

func TestListsOfAPIs(t *testing.T) {
	each(t, func(x *fixture) {
		id, other := x.create(x.alice, "signature01"), x.create(x.alice, "signature02")
		bound := x.bind(x.alice, id, "pub1")
		x.bind(x.alice, id, "pub1e")
		x.bind(x.alice, other, "pub2")
		x.fields(x.reader.Do("GET", bindings+"/binded-apis?sign_id="+id+"&env_id="+release, nil).Want(200), map[string]string{
			"total": "1", "size": "1", "bindings.0.id": bound[0], "bindings.0.api_id": "api1", "bindings.0.api_name": "Name_api1", "bindings.0.api_remark": "about api1",
			"bindings.0.group_name": "Group_one", "bindings.0.api_type": "1", "bindings.0.sign_id": id, "bindings.0.sign_name": "signature01",
			"bindings.0.sign_secret": "*****", "bindings.0.env_id": release, "bindings.0.env_name": "RELEASE",
			"bindings.0.binding_time": "2026-01-02T03:04:07.123456Z", "bindings.0.publish_id": "pub1",
		})
		x.fields(x.alice.Do("GET", bindings+"/unbinded-apis?sign_id="+id, nil).Want(200), map[string]string{
			"total": "1", "size": "1", "apis.0.id": "api2", "apis.0.name": "Name_api2", "apis.0.type": "2", "apis.0.remark": "about api2",
			"apis.0.group_id": "g1", "apis.0.group_name": "Group_one", "apis.0.run_env_name": "RELEASE", "apis.0.run_env_id": release,
			"apis.0.publish_id": "pub2", "apis.0.signature_name": "signature02", "apis.0.auth_type": "NONE", "apis.0.req_uri": "/api2",
		})
		for call, want := range map[string]string{
			"binded-apis?sign_id=" + id:                              "2",
			"binded-apis?sign_id=" + id + "&api_name=API1&env_id=e1": "1",
			"binded-apis?sign_id=" + id + "&group_id=g2":             "0",
			"binded-apis?sign_id=" + id + "&api_id=api2":             "0",
			"unbinded-apis?sign_id=" + other:                         "2",
			"unbinded-apis?sign_id=" + other + "&env_id=e1":          "1",
			"unbinded-apis?sign_id=" + other + "&group_id=g2":        "0",
			"unbinded-apis?sign_id=" + other + "&api_id=api1":        "2",
			"unbinded-apis?sign_id=" + other + "&api_name=nothing":   "0",
		} {
			if got := x.alice.Do("GET", bindings+"/"+call, nil).Want(200).Text("total"); got != want {
				x.Errorf("%s: %s, want %s", call, got, want)
			}
		}
		// A binding outlives its publication; what is offline cannot be bound.
		x.exec(`DELETE FROM api_publications WHERE publish_id IN ('pub1', 'pub2')`)
		x.fields(x.alice.Do("GET", bindings+"/binded-apis?sign_id="+id+"&env_id="+release, nil), map[string]string{"total": "1", "bindings.0.publish_id": ""})
		x.fields(x.alice.Do("GET", bindings+"/unbinded-apis?sign_id="+id, nil), map[string]string{"total": "0", "apis": "[]"})

		for _, list := range []string{"binded-apis", "unbinded-apis"} {
			x.alice.Do("GET", bindings+"/"+list, nil).Refused(400, "APIG.2001", "sign_id")
			x.alice.Do("GET", bindings+"/"+list+"?sign_id=nothing", nil).Refused(404, "APIG.3017", "nothing")
			x.bob.Do("GET", bindings+"/"+list+"?sign_id="+id, nil).Refused(403, "APIG.1112")
			x.alice.Do("GET", bindings+"/"+list+"?page_size=x&sign_id="+id, nil).Refused(400, "APIG.2011", "page_size")
			x.admin.Do("GET", bindings+"/"+list+"?sign_id="+id, nil).Want(200)
		}
	})
}

func TestKeysOfAnAPI(t *testing.T) {
	each(t, func(x *fixture) {
		id, other := x.create(x.alice, "signature01"), x.create(x.alice, "second")
		x.bind(x.alice, id, "pub1")
		bound := x.bind(x.alice, other, "pub1e")
		for query, want := range map[string]string{
			"?api_id=api1":                  "second@TEST signature01@RELEASE",
			"?api_id=api1&page_size=1":      "second@TEST",
			"?api_id=api1&env_id=e1":        "second@TEST",
			"?api_id=api1&sign_id=" + id:    "signature01@RELEASE",
			"?api_id=api1&sign_name=SECOND": "second@TEST",
			"?api_id=api1&sign_name=%25":    "",
			"?api_id=api2":                  "",
		} {
			var page signs.Bound
			x.reader.Do("GET", bindings+"/binded-signs"+query, nil).Want(200).Decode(&page)
			var got []string
			for i := range page.Bindings {
				got = append(got, page.Bindings[i].SignName+"@"+page.Bindings[i].EnvName)
			}
			if strings.Join(got, " ") != want || page.Size != len(got) {
				x.Errorf("%s: %v of %d, want %q", query, got, page.Size, want)
			}
		}
		key, _ := x.published(other)
		x.fields(x.alice.Do("GET", bindings+"/binded-signs?api_id=api1&env_id=e1", nil).Want(200), map[string]string{
			"total": "1", "size": "1", "bindings.0.id": bound[0], "bindings.0.api_id": "api1", "bindings.0.api_name": "Name_api1", "bindings.0.api_remark": "about api1",
			"bindings.0.group_name": "Group_one", "bindings.0.api_type": "1", "bindings.0.sign_id": other, "bindings.0.sign_name": "second",
			"bindings.0.sign_key": key.Key, "bindings.0.sign_secret": "*****", "bindings.0.env_id": "e1", "bindings.0.env_name": "TEST",
			"bindings.0.binding_time": "2026-01-02T03:04:08.123456Z", "bindings.0.publish_id": "pub1e",
		})
		x.alice.Do("GET", bindings+"/binded-signs", nil).Refused(400, "APIG.2001", "api_id")
		x.alice.Do("GET", bindings+"/binded-signs?api_id=nothing", nil).Refused(404, "APIG.3002", "API nothing does not exist")
		x.alice.Do("GET", bindings+"/binded-signs?api_id=foreign", nil).Refused(403, "APIG.1102")
		x.alice.Do("GET", bindings+"/binded-signs?api_id=api1&page_no=0", nil).Refused(400, "APIG.2002", "page_no")
	})
}

func TestUnbind(t *testing.T) {
	each(t, func(x *fixture) {
		bound := x.bind(x.alice, x.create(x.alice, "signature01"), "pub1")
		foreign := x.bind(x.bob, x.create(x.bob, "theirs"), "pubf")
		x.alice.Do("DELETE", bindings+"/"+foreign[0], nil).Refused(403, "APIG.1112")
		x.alice.Do("DELETE", bindings+"/nothing", nil).Refused(404, "APIG.3018", "The signature key binding record does not exist,id:nothing")
		x.reader.Do("DELETE", bindings+"/"+bound[0], nil).Refused(403, "APIC.7110")
		x.alice.Do("DELETE", bindings+"/"+bound[0], nil).Want(204)
		x.touched("binding/" + bound[0])
		x.alice.Do("DELETE", bindings+"/"+bound[0], nil).Refused(404, "APIG.3018")
		x.admin.Do("DELETE", bindings+"/"+foreign[0], nil).Want(204)
		// Another kind's binding is none of these.
		x.exec(`INSERT INTO bindings (id, policy, slot, policy_id, api_id, env_id, project_id, bind_time) VALUES ('other', 'acl', 'IP', 's', 'api1', 'e1', 'p1', 0)`)
		x.alice.Do("DELETE", bindings+"/other", nil).Refused(404, "APIG.3018")
	})
}
