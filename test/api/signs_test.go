package api_test

// signsScenario is the life of signs.
func signsScenario(s *scenario) {}

var signsPart = part{
	fill:  func(s *scenario, h *holder) {},
	empty: func(h *holder) []string { return nil },
}
