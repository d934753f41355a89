package api_test

// The kinds of credentials. Their owner in the path is a kind of its own, because
// a write below a user makes or changes a credential, not the user.
var (
	credentialOwnerKind = kind{name: "credential owner"}
	robotKind           = kind{name: "robot"}
	keptKind            = kind{name: "kept credential"}
	ec2Kind             = kind{name: "EC2 key"}
)

// credentialsPart is what application credentials, credentials and EC2 keys add
// to the matrix of tenancy.
var credentialsPart = part{
	paths: map[string][]kind{
		"/v3/users/{user_id}/application_credentials":      {credentialOwnerKind},
		"/v3/users/{user_id}/application_credentials/{id}": {credentialOwnerKind, robotKind},
		"/v3/users/{user_id}/credentials/OS-EC2":           {credentialOwnerKind},
		"/v3/users/{user_id}/credentials/OS-EC2/{access}":  {credentialOwnerKind, ec2Kind},
		"/v3/credentials/{id}":                             {keptKind},
	},
	fill: func(s *scenario, h *holder) {
		robot := s.newRobot(h, h.marker)
		key := s.post(h.member, ec2KeysOf(h.memberID), object{"tenant_id": h.project})
		h.secrets = append(h.secrets, robot.text("application_credential.secret"), key.text("credential.secret"))
		h.ids["robot"], h.ids["EC2 key"] = robot.text("application_credential.id"), key.text("credential.access")
		h.ids["kept credential"] = s.newKept(h, h.marker)
		if h.ids["credential owner"] = h.memberID; h.deleted == nil { // users of the matrix are not deleted
			h.ids["credential owner"] = s.unknown()
		}
	},
	empty: func(h *holder) []string {
		return []string{
			appCredentialsOf(h.memberID) + "/" + h.ids["robot"], ec2KeysOf(h.memberID) + "/" + h.ids["EC2 key"],
			keptPath + "/" + h.ids["kept credential"],
		}
	},
	spare: map[string]func(*scenario, *operation, *holder, string) (ids, paths []string){
		"credential owner": func(_ *scenario, _ *operation, h *holder, _ string) (ids, paths []string) {
			return []string{h.memberID}, nil
		},
		"robot": func(s *scenario, _ *operation, h *holder, name string) (ids, paths []string) {
			id := s.newRobot(h, name).text("application_credential.id")
			return []string{h.memberID, id}, []string{appCredentialsOf(h.memberID) + "/" + id}
		},
		"EC2 key": func(s *scenario, _ *operation, h *holder, _ string) (ids, paths []string) {
			access := s.post(h.member, ec2KeysOf(h.memberID), object{"tenant_id": h.project}).text("credential.access")
			return []string{h.memberID, access}, []string{ec2KeysOf(h.memberID) + "/" + access}
		},
		"kept credential": func(s *scenario, _ *operation, h *holder, name string) (ids, paths []string) {
			id := s.newKept(h, name)
			return []string{id}, []string{keptPath + "/" + id}
		},
	},
	bodies: map[string]func(*scenario, *holder, []string) any{
		"identity:create_application_credential": func(s *scenario, _ *holder, _ []string) any {
			return object{"application_credential": object{"name": s.unknown()}}
		},
		"identity:ec2_create_credential": func(_ *scenario, h *holder, _ []string) any { return object{"tenant_id": h.project} },
		"identity:update_credential": func(*scenario, *holder, []string) any {
			return object{"credential": object{"blob": "changed"}}
		},
	},
	forOwners: map[string]int{"identity:create_application_credential": 403, "identity:update_credential": 404},
}

func (s *scenario) newRobot(h *holder, name string) *answer {
	s.t.Helper()
	return s.post(h.member, appCredentialsOf(h.memberID), object{"application_credential": object{"name": name, "description": name}})
}

func (s *scenario) newKept(h *holder, text string) string {
	s.t.Helper()
	return s.post(h.member, keptPath, object{"credential": object{"type": "cert", "blob": text}}).text("credential.id")
}
