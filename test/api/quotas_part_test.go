package api_test

// The kinds of things with quotas. What stands for a department, a type, a
// product or a reservation is the same for everybody of the matrix: for
// administrators, and forbidden to the rest. The scenario has departments of
// its own.
var (
	quotaWordKind    = kind{name: "word of quotas"}
	quotaProjectKind = kind{name: "project with quotas"}
)

// quotasPart is what quotas add to the matrix of tenancy.
var quotasPart = part{
	paths: map[string][]kind{
		"/v3/domain_quotas/{domain_id}":       {quotaWordKind},
		"/v3/project_quotas/{project_id}":     {quotaProjectKind},
		"/v3/quota_volume_types/{name}":       {quotaWordKind},
		"/v3/quota_products/{name}":           {quotaWordKind},
		"/v3/quota_reservations/{id}":         {quotaWordKind},
		"/v3/quota_reservations/{id}/commit":  {quotaWordKind},
		"/v3/quota_reservations/{id}/release": {quotaWordKind},
	},
	fill: func(s *scenario, h *holder) {
		if h.ids["project with quotas"] = h.project; h.deleted == nil { // projects of the matrix are not deleted
			h.ids["project with quotas"] = s.unknown()
		}
	},
	empty: func(*holder) []string { return nil },
	spare: map[string]func(*scenario, *operation, *holder, string) (ids, paths []string){
		"project with quotas": func(_ *scenario, _ *operation, h *holder, _ string) (ids, paths []string) {
			return []string{h.project}, nil
		},
	},
	bodies: map[string]func(*scenario, *holder, []string) any{
		"quota:update_project_quotas": func(*scenario, *holder, []string) any {
			return object{"project": object{"region": region, "cores": 1000}}
		},
	},
	forAdmins: map[string]string{"quota:update_project_quotas": ""},
}
