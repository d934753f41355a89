package acls_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/manage/acls"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

func TestBind(t *testing.T) {
	each(t, func(x *fixture) {
		id, theirs := x.create(x.alice, input("first")), x.create(x.bob, input("theirs"))
		r := x.alice.Do("POST", bindings, acls.BindInput{ACLID: id, PublishIDs: []string{"pub1", "pub2", "pub1"}}).Want(201)
		x.fields(r, map[string]string{
			"0.api_id": "api1", "0.env_id": release, "0.acl_id": id, "0.create_time": "2026-01-02T03:04:07.123456Z", "1.api_id": "api2",
		})
		if r.Has("2") {
			x.Errorf("a publication that is given twice is bound twice: %s", r.Body)
		}
		first, second := r.Text("0.id"), r.Text("1.id")
		x.touched("binding/"+first, "binding/"+second)
		// The same again changes nothing.
		if got := x.bind(x.alice, id, "pub1"); got[0] != first {
			x.Errorf("bound anew: %v", got)
		}
		x.touched()

		refused := func(c *wiretest.Client, in acls.BindInput, status int, code, text string) {
			x.Helper()
			c.Do("POST", bindings, in).Refused(status, code, text)
		}
		refused(x.alice, acls.BindInput{PublishIDs: []string{"pub1"}}, 400, "APIG.2001", "acl_id")
		refused(x.alice, acls.BindInput{ACLID: id}, 400, "APIG.2001", "publish_ids")
		refused(x.alice, acls.BindInput{ACLID: id, PublishIDs: make([]string, 1001)}, 400, "APIG.2006", "publish_ids")
		refused(x.alice, acls.BindInput{ACLID: "nothing", PublishIDs: []string{"pub1"}}, 404, "APIG.3006", "nothing")
		refused(x.alice, acls.BindInput{ACLID: theirs, PublishIDs: []string{"pub1"}}, 403, "APIG.1106", "")
		refused(x.alice, acls.BindInput{ACLID: id, PublishIDs: []string{"pub1e", "nothing"}}, 404, "APIG.3015", "nothing")
		refused(x.alice, acls.BindInput{ACLID: id, PublishIDs: []string{"pubf"}}, 403, "APIG.1102", "")
		refused(x.admin, acls.BindInput{ACLID: id, PublishIDs: []string{"pubf"}}, 400, "APIG.1201", "")
		refused(x.reader, acls.BindInput{ACLID: id, PublishIDs: []string{"pub1"}}, 403, "APIC.7110", "")
		x.touched()
		x.fields(x.admin.Do("POST", bindings, acls.BindInput{ACLID: theirs, PublishIDs: []string{"pubf"}}).Want(201), map[string]string{"0.api_id": "foreign"})
	})
}

// TestOneOfEachType: binding replaces the policy of the same type and leaves
// that of the other.
func TestOneOfEachType(t *testing.T) {
	each(t, func(x *fixture) {
		addresses, others := x.create(x.alice, input("addresses")), x.create(x.alice, input("others"))
		accounts := x.create(x.alice, acls.Input{Name: "accounts", Type: "DENY", Value: "Default", EntityType: "DOMAIN"})
		old := x.bind(x.alice, addresses, "pub1", "pub1e")
		kept := x.bind(x.alice, accounts, "pub1")
		now := x.bind(x.alice, others, "pub1")
		x.touched("binding/"+old[0], "binding/"+now[0])
		for query, want := range map[string]string{
			"?api_id=api1":                   "others@RELEASE accounts@RELEASE addresses@TEST",
			"?api_id=api1&page_size=1":       "others@RELEASE",
			"?api_id=api1&env_id=e1":         "addresses@TEST",
			"?api_id=api1&env_name=test":     "addresses@TEST",
			"?api_id=api1&env_name=RELEASE":  "others@RELEASE accounts@RELEASE",
			"?api_id=api1&acl_id=" + others:  "others@RELEASE",
			"?api_id=api1&acl_name=A":        "accounts@RELEASE addresses@TEST",
			"?api_id=api2":                   "",
			"?api_id=api1&acl_name=%25":      "",
			"?api_id=api1&env_id=nowhere":    "",
			"?api_id=api1&acl_id=" + kept[0]: "",
		} {
			var page acls.BoundACLs
			x.reader.Do("GET", bindings+"/binded-acls"+query, nil).Want(200).Decode(&page)
			var got []string
			for i := range page.ACLs {
				got = append(got, page.ACLs[i].ACLName+"@"+page.ACLs[i].EnvName)
			}
			if strings.Join(got, " ") != want || page.Size != len(got) {
				x.Errorf("%s: %v of %d, want %q", query, got, page.Size, want)
			}
		}
		x.fields(x.alice.Do("GET", bindings+"/binded-acls?api_id=api1&env_id="+release+"&acl_name=accounts", nil).Want(200), map[string]string{
			"total": "1", "size": "1", "acls.0.acl_id": accounts, "acls.0.acl_name": "accounts", "acls.0.entity_type": "DOMAIN",
			"acls.0.acl_type": "DENY", "acls.0.acl_value": "Default", "acls.0.env_id": release, "acls.0.env_name": "RELEASE",
			"acls.0.bind_id": kept[0], "acls.0.bind_time": "2026-01-02T03:04:09.123456Z",
		})
		x.alice.Do("GET", bindings+"/binded-acls", nil).Refused(400, "APIG.2001", "api_id")
		x.alice.Do("GET", bindings+"/binded-acls?api_id=nothing", nil).Refused(404, "APIG.3002", "API nothing does not exist")
		x.alice.Do("GET", bindings+"/binded-acls?api_id=foreign", nil).Refused(403, "APIG.1102")
		x.alice.Do("GET", bindings+"/binded-acls?api_id=api1&page_no=0", nil).Refused(400, "APIG.2002", "page_no")
	})
}

func TestListsOfAPIs(t *testing.T) {
	each(t, func(x *fixture) {
		id, other := x.create(x.alice, input("first")), x.create(x.alice, input("second"))
		bound := x.bind(x.alice, id, "pub1")
		x.bind(x.alice, id, "pub1e")
		x.bind(x.alice, other, "pub2")
		x.fields(x.reader.Do("GET", bindings+"/binded-apis?acl_id="+id+"&env_id="+release, nil).Want(200), map[string]string{
			"total": "1", "size": "1", "apis.0.api_id": "api1", "apis.0.api_name": "Name_api1", "apis.0.group_name": "Group_one", "apis.0.api_type": "1",
			"apis.0.api_remark": "about api1", "apis.0.env_id": release, "apis.0.env_name": "RELEASE", "apis.0.bind_id": bound[0],
			"apis.0.bind_time": "2026-01-02T03:04:07.123456Z", "apis.0.publish_id": "pub1",
		})
		r := x.alice.Do("GET", bindings+"/unbinded-apis?acl_id="+id, nil).Want(200)
		x.fields(r, map[string]string{
			"total": "1", "size": "1", "apis.0.id": "api2", "apis.0.name": "Name_api2", "apis.0.group_id": "g1", "apis.0.group_name": "Group_one",
			"apis.0.type": "2", "apis.0.remark": "about api2", "apis.0.run_env_name": "RELEASE", "apis.0.run_env_id": release,
			"apis.0.publish_id": "pub2", "apis.0.acl_name": "second", "apis.0.req_uri": "/api2", "apis.0.auth_type": "NONE",
		})
		for call, want := range map[string]string{
			"binded-apis?acl_id=" + id:                              "2",
			"binded-apis?acl_id=" + id + "&api_name=API1&env_id=e1": "1",
			"binded-apis?acl_id=" + id + "&group_id=g2":             "0",
			"binded-apis?acl_id=" + id + "&api_id=api2":             "0",
			"unbinded-apis?acl_id=" + other:                         "2",
			"unbinded-apis?acl_id=" + other + "&env_id=e1":          "1",
			"unbinded-apis?acl_id=" + other + "&group-id=g2":        "0", // as the URI in 4.11.5 has it
			"unbinded-apis?acl_id=" + other + "&group_id=g1":        "2",
			"unbinded-apis?acl_id=" + other + "&api_id=api1":        "2",
			"unbinded-apis?acl_id=" + other + "&api_name=nothing":   "0",
		} {
			if got := x.alice.Do("GET", bindings+"/"+call, nil).Want(200).Text("total"); got != want {
				x.Errorf("%s: %s, want %s", call, got, want)
			}
		}
		if r := x.alice.Do("GET", bindings+"/unbinded-apis?acl_id="+other+"&env_id=e1", nil).Want(200); r.Text("apis.0.acl_name") != "first" {
			x.Errorf("the policy that binding would replace: %s", r.Body)
		}
		// A binding outlives its publication; what is offline cannot be bound.
		x.exec(`DELETE FROM api_publications WHERE publish_id IN ('pub1', 'pub2')`)
		x.fields(x.alice.Do("GET", bindings+"/binded-apis?acl_id="+id+"&env_id="+release, nil), map[string]string{"total": "1", "apis.0.publish_id": ""})
		x.fields(x.alice.Do("GET", bindings+"/unbinded-apis?acl_id="+id, nil), map[string]string{"total": "0", "apis": "[]"})

		for _, list := range []string{"binded-apis", "unbinded-apis"} {
			x.alice.Do("GET", bindings+"/"+list, nil).Refused(400, "APIG.2001", "acl_id")
			x.alice.Do("GET", bindings+"/"+list+"?acl_id=nothing", nil).Refused(404, "APIG.3006", "nothing")
			x.bob.Do("GET", bindings+"/"+list+"?acl_id="+id, nil).Refused(403, "APIG.1106")
			x.alice.Do("GET", bindings+"/"+list+"?page_size=x&acl_id="+id, nil).Refused(400, "APIG.2011", "page_size")
			x.admin.Do("GET", bindings+"/"+list+"?acl_id="+id, nil).Want(200)
		}
	})
}

func TestUnbind(t *testing.T) {
	each(t, func(x *fixture) {
		id, theirs := x.create(x.alice, input("first")), x.create(x.bob, input("theirs"))
		bound, foreign := x.bind(x.alice, id, "pub1", "pub1e", "pub2"), x.bind(x.bob, theirs, "pubf")
		x.alice.Do("DELETE", bindings+"/"+foreign[0], nil).Refused(403, "APIG.1106")
		x.alice.Do("DELETE", bindings+"/nothing", nil).Refused(404, "APIG.3010", "The access control policy binding record does not exist,id:nothing")
		x.reader.Do("DELETE", bindings+"/"+bound[0], nil).Refused(403, "APIC.7110")
		x.alice.Do("DELETE", bindings+"/"+bound[0], nil).Want(204)
		x.touched("binding/" + bound[0])
		// Another kind's binding is none of these.
		x.exec(`INSERT INTO bindings (id, policy, slot, policy_id, api_id, env_id, project_id, bind_time) VALUES ('other', 'sign', '', 's', 'api1', 'e1', 'p1', 0)`)
		x.alice.Do("DELETE", bindings+"/other", nil).Refused(404, "APIG.3010")

		var out acls.Unbound
		call := bindings + "?action=DELETE"
		in := acls.UnbindBatch{Bindings: []string{bound[1], "nothing", foreign[0], bound[1], bound[2], "other"}}
		x.alice.Do("PUT", call, in).Want(200).Decode(&out)
		x.touched("binding/"+bound[1], "binding/"+bound[2])
		want := acls.Unbound{SuccessCount: 2, Failure: []acls.UnbindFailure{
			{BindID: "nothing", ErrorCode: "APIG.3010", ErrorMsg: "Access control policy binding record not found"},
			{BindID: foreign[0], ErrorCode: "APIG.1106", ErrorMsg: "No permissions to perform operations on this access control policy."},
			{BindID: "other", ErrorCode: "APIG.3010", ErrorMsg: "Access control policy binding record not found"},
		}}
		if !reflect.DeepEqual(out, want) {
			x.Errorf("answered %+v, want %+v", out, want)
		}
		x.alice.Do("PUT", bindings, in).Refused(400, "APIG.2001", "action")
		x.alice.Do("PUT", bindings+"?action=x", in).Refused(400, "APIG.2011", "action")
		x.alice.Do("PUT", call, acls.UnbindBatch{Bindings: make([]string, 1001)}).Refused(400, "APIG.2006", "acl_bindings")
		x.reader.Do("PUT", call, in).Refused(403, "APIC.7110")
		if r := x.alice.Do("PUT", call, acls.UnbindBatch{}).Want(200); r.Text("success_count") != "0" || r.Text("failure") != "[]" {
			x.Errorf("nothing to end: %s", r.Body)
		}
	})
}
