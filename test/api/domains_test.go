package api_test

// domainsScenario is the life of domains.
func domainsScenario(s *scenario) {}

var domainsPart = part{
	fill:  func(s *scenario, h *holder) {},
	empty: func(h *holder) []string { return nil },
}
