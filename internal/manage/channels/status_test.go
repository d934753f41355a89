package channels_test

import "testing"

// TestStatus: what the gateway says of a channel and its members is shown wherever
// they are, and nothing is made up where it has not heard of them.
func TestStatus(t *testing.T) {
	each(t, func(x *fixture) {
		d := with(sample(), "vpc_instances", list(member("instance01"), member("instance02")))
		id := x.create(d)
		path := collection + "/" + id
		ids := map[string]string{} // by instance
		shown := x.alice.Do("GET", path, nil).Want(200)
		for _, at := range []string{"0", "1"} {
			ids[shown.Text("vpc_instances."+at+".instance_id")] = shown.Text("vpc_instances." + at + ".id")
		}
		sick := map[string]bool{} // by "channel/member"
		unheard := false
		x.area.Well = func(channelID, memberID string) (well, known bool) {
			return !sick[channelID+"/"+memberID], !unheard
		}
		status := func(channel string, of map[string]string) {
			t.Helper()
			want := map[string]string{"status": channel}
			members := map[string]string{}
			for at := range 2 {
				m := []string{"0", "1"}[at]
				name := x.alice.Do("GET", path, nil).Text("vpc_instances." + m + ".instance_id")
				want["vpc_instances."+m+".status"] = of[name]
				members["vpc_instances."+m+".status"] = of[name]
			}
			x.has(x.alice.Do("GET", path, nil).Want(200), want)
			x.has(x.alice.Do("GET", path+"/members", nil).Want(200), members)
			x.has(x.alice.Do("GET", collection+"?id="+id, nil).Want(200), map[string]string{"vpcs.0.status": channel})
			x.has(x.alice.Do("PUT", path, d).Want(200), map[string]string{"status": channel})
		}
		status("1", map[string]string{"instance01": "1", "instance02": "1"})
		sick[id+"/"+ids["instance01"]] = true
		status("1", map[string]string{"instance01": "2", "instance02": "1"})
		sick[id+"/"+ids["instance02"]], sick[id+"/"] = true, true
		status("2", map[string]string{"instance01": "2", "instance02": "2"})
		x.alice.Do("PUT", "/v1/p1/servers/instance03", serverAt("10.0.0.3")).Want(200)
		added := x.alice.Do("POST", path+"/members", object{"vpc_instances": list(member("instance03"))}).Want(201)
		x.has(added, map[string]string{"vpc_instances.0.instance_id": "instance03", "vpc_instances.0.status": "1", "vpc_instances.1.status": "2"})
		x.alice.Do("DELETE", path+"/members/instance03", nil).Want(204)
		unheard = true
		status("1", map[string]string{"instance01": "1", "instance02": "1"})

		// A member without a host is abnormal whatever the gateway says, and an empty
		// channel is not.
		x.alice.Do("DELETE", "/v1/p1/servers/instance01", nil).Want(204)
		d = with(d, "vpc_instances", list(member("instance02")))
		r := x.alice.Do("GET", path+"/members?name=instance01", nil).Want(200)
		x.has(r, map[string]string{"vpc_instances.0.status": "2"})
		unheard = false
		x.alice.Do("PUT", path, with(d, "vpc_instances", list())).Want(200)
		x.has(x.alice.Do("GET", path, nil).Want(200), map[string]string{"status": "1"})
	})
}
