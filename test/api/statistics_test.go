package api_test

// statisticsScenario is the life of statistics.
func statisticsScenario(s *scenario) {}

var statisticsPart = part{
	fill:  func(s *scenario, h *holder) {},
	empty: func(h *holder) []string { return nil },
}
