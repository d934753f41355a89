package api_test

// sampleFaults are the places of response samples that contradict the rest of
// the reference, each with what holds instead.
var sampleFaults = map[string]string{
	"4.2.9 apis.0": "a made-up entry: the id is a number, the status a word; the three behind it are what the tables describe",
}
