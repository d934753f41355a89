package api_test

// responsesScenario is the life of responses.
func responsesScenario(s *scenario) {}

var responsesPart = part{
	fill:  func(s *scenario, h *holder) {},
	empty: func(h *holder) []string { return nil },
}
