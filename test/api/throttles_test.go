package api_test

// throttlesScenario is the life of throttles.
func throttlesScenario(s *scenario) {}

var throttlesPart = part{
	fill:  func(s *scenario, h *holder) {},
	empty: func(h *holder) []string { return nil },
}
