package api_test

// authorizersScenario is the life of authorizers.
func authorizersScenario(s *scenario) {}

var authorizersPart = part{
	fill:  func(s *scenario, h *holder) {},
	empty: func(h *holder) []string { return nil },
}
