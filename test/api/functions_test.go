package api_test

// functionsScenario is the life of functions.
func functionsScenario(s *scenario) {}

var functionsPart = part{
	fill:  func(s *scenario, h *holder) {},
	empty: func(h *holder) []string { return nil },
}
