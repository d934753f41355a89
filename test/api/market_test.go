package api_test

// marketScenario is the life of market.
func marketScenario(s *scenario) {}

var marketPart = part{
	fill:  func(s *scenario, h *holder) {},
	empty: func(h *holder) []string { return nil },
}
