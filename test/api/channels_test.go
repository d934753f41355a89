package api_test

// channelsScenario is the life of channels.
func channelsScenario(s *scenario) {}

var channelsPart = part{
	fill:  func(s *scenario, h *holder) {},
	empty: func(h *holder) []string { return nil },
}
