package api_test

// serversScenario is the life of servers.
func serversScenario(s *scenario) {}

var serversPart = part{
	fill:  func(s *scenario, h *holder) {},
	empty: func(h *holder) []string { return nil },
}
