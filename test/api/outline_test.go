package api_test

// outlineScenario is the life of outline.
func outlineScenario(s *scenario) {}

var outlinePart = part{
	fill:  func(s *scenario, h *holder) {},
	empty: func(h *holder) []string { return nil },
}
