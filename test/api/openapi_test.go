package api_test

// openapiScenario is the life of openapi.
func openapiScenario(s *scenario) {}

var openapiPart = part{
	fill:  func(s *scenario, h *holder) {},
	empty: func(h *holder) []string { return nil },
}
