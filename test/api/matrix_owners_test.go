package api_test

func (m *matrix) accessKeyRules() map[string]rule {
	ofThird := func(m *matrix, _ *visitor, a *answer) {
		m.do(m.admin, "DELETE "+credentialsPath+"/"+a.text("ak"), nil).want(204)
	}
	return map[string]rule{
		"identity:list_access_keys": {own: anyUser, asks: []ask{
			{"user_id", "owner", "401 ok  403 ok  ok  ok  403 403 403 ok", "401 403 403 403 403 403 403 403 403 ok"},
		}},
		"identity:create_access_key": {own: ownersCreate, body: said("credential", "description", "x"), after: removed(credentialsPath, "credential.access")},
		"identity:get_access_key":    {ids: []string{"pair"}, own: ownerLook, foreign: []string{adminOnly}},
		"identity:update_access_key": {ids: []string{"pair"}, own: ownerWrite, foreign: []string{ownerWriteB}, body: said("credential", "description", "x")},
		"identity:delete_access_key": {ids: []string{"pair"}, own: ownerWrite, foreign: []string{ownerWriteB}},
		// The same keys as the third dialect has them, where they are the caller's
		// own even for an administrator.
		"ghippo:accesskeys:list":   {own: anyUser},
		"ghippo:accesskeys:create": {own: ownersCreate, after: ofThird},
		"ghippo:accesskeys:delete": {ids: []string{"pair"}, own: ownerAlone, foreign: []string{ownerNot}},
		"ghippo:certs:rotate":      {own: cloudOnly},
	}
}

func (m *matrix) robotRules() map[string]rule {
	make := func(m *matrix, _ *bureau, _ []string) any {
		return object{"application_credential": object{"name": m.unknown()}}
	}
	return map[string]rule{
		// It is for the project in scope, which a token of a department has not, and
		// a reader does not write there. An administrator makes none in the place of
		// another user.
		"identity:create_application_credential": {
			ids: []string{"=owner"}, body: make,
			own:     "401 401 403 ok  403 ok  401 401 401 403",
			foreign: []string{"401 401 403 404 404 404 401 401 401 403"},
			gone:    []string{"401 401 403 404 404 404 401 401 401 404"},
			after:   removed(appCredentialsOf(m.own.memberID), "application_credential.id"),
		},
		"identity:list_application_credentials": {ids: []string{"owner"}, own: ownerLook, foreign: []string{adminOnly}},
		"identity:get_application_credential":   {ids: []string{"owner", "robot"}, own: ownerLook, foreign: []string{nowhere, nowhere}},
		"identity:delete_application_credential": {
			ids: []string{"=owner", "robot"}, own: ownerWrite, foreign: []string{ownerNot, ownerNot},
		},
	}
}

func (m *matrix) credentialRules() map[string]rule {
	forProject := func(_ *matrix, b *bureau, _ []string) any { return object{"tenant_id": b.project} }
	return map[string]rule{
		"identity:list_credentials": {own: anyUser, asks: anybodyAsks("user_id", "owner")},
		// Who holds no role that writes keeps nothing: not without a scope either.
		"identity:create_credential": {own: "401 403 403 ok 403 ok 403 ok ok ok", body: said("credential", "type", "cert", "blob", "x"), after: removed(keptPath, "credential.id")},
		"identity:get_credential":    {ids: []string{"kept credential"}, own: ownerLook, foreign: []string{adminOnly}},
		"identity:update_credential": {ids: []string{"kept credential"}, own: ownerAlone, foreign: []string{ownerNot}, body: said("credential", "blob", "y")},
		"identity:delete_credential": {ids: []string{"kept credential"}, own: ownerWrite, foreign: []string{ownerWriteB}},
		// An EC2 key is for the project in scope.
		"identity:ec2_create_credential": {
			ids: []string{"=owner"}, body: forProject, own: "401 403 404 ok 403 ok 404 404 404 ok",
			foreign: []string{adminOnly}, gone: []string{nowhere}, after: func(m *matrix, _ *visitor, a *answer) {
				m.do(m.admin, "DELETE "+ec2KeysOf(a.text("credential.user_id"))+"/"+a.text("credential.access"), nil).want(204)
			},
		},
		"identity:ec2_list_credentials": {ids: []string{"owner"}, own: ownerLook, foreign: []string{adminOnly}},
		"identity:ec2_get_credential":   {ids: []string{"owner", "EC2 key"}, own: ownerLook, foreign: []string{nowhere, nowhere}},
		"identity:ec2_delete_credential": {
			ids: []string{"=owner", "EC2 key"}, own: ownerWrite, foreign: []string{nowhere, ownerNot}, gone: []string{nowhere},
		},
	}
}

func (m *matrix) quotaRules() map[string]rule {
	edit := func(key string) func(*matrix, *bureau, []string) any {
		return said(key, "region", region, "cores", 100)
	}
	reserve := func(m *matrix, b *bureau, _ []string) any { return m.newReservation(b) }
	kind := func(m *matrix, _ *bureau, _ []string) any {
		return object{"volume_type": object{"name": "t" + m.unknown()[:20]}}
	}
	return map[string]rule{
		"quota:get_domain_quotas":    {ids: []string{"domain"}, own: departmentLook, foreign: []string{departmentLookB}},
		"quota:update_domain_quotas": {ids: []string{"=domain"}, own: cloudOnly, foreign: []string{cloudOnly}, body: edit("domain")},
		"quota:get_domain_usage":     {own: cloudOnly},
		// Quotas of a project are shown in its own scope, not to all who hold a role
		// on it.
		"quota:get_project_quotas":    {ids: []string{"project"}, own: "401 404 ok ok ok ok ok ok 404 ok", foreign: []string{lookB}},
		"quota:update_project_quotas": {ids: []string{"project"}, own: departmentWrite, foreign: []string{departmentWriteB}, body: edit("project")},
		"quota:list_volume_types":     {own: cloudOnly},
		"quota:create_volume_type":    {own: cloudOnly, body: kind, after: removed(volumeTypes, "volume_type.name")},
		"quota:delete_volume_type":    {ids: []string{"volume type"}, own: cloudOnly},
		"quota:get_product":           {ids: []string{"product"}, own: cloudOnly},
		"quota:update_product":        {ids: []string{"=product"}, own: cloudOnly, body: said("product", "enabled", false)},
		// For services alone, of which nobody here is one.
		"quota:create_reservation":  {own: cloudOnly, body: reserve},
		"quota:list_reservations":   {own: cloudOnly, asks: []ask{{"project_id", "project", cloudOnly, cloudOnly}}},
		"quota:get_reservation":     {ids: []string{"reservation"}, own: cloudOnly, foreign: []string{cloudOnly}},
		"quota:commit_reservation":  {ids: []string{"reservation"}, own: cloudOnly, foreign: []string{cloudOnly}},
		"quota:release_reservation": {ids: []string{"reservation"}, own: cloudOnly, foreign: []string{cloudOnly}},
	}
}
