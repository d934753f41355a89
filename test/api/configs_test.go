package api_test

// configsScenario is the life of configs.
func configsScenario(s *scenario) {}

var configsPart = part{
	fill:  func(s *scenario, h *holder) {},
	empty: func(h *holder) []string { return nil },
}
