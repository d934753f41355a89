package api_test

// aclsScenario is the life of acls.
func aclsScenario(s *scenario) {}

var aclsPart = part{
	fill:  func(s *scenario, h *holder) {},
	empty: func(h *holder) []string { return nil },
}
