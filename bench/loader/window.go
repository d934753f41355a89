package loader

import (
	"slices"
	"time"
)

// sample is a request that was answered.
type sample struct{ due, sent, took time.Duration } // sent is how late it was

// window is how long a piece of a load is that gets a p99 of its own.
//
// At 70 % of full load a queue that came about once stays for long: what stood still for
// 5 ms catches up in 10 more, and cores of a virtual machine stand still now and then. So
// one such moment in a second makes the p99 of that second, whoever's it was: nginx's own moved
// between 1 and 22 ms from run to run. The p99 of the window in the middle is the p99 of
// times in which nothing of the sort happened. What a server does itself in fewer than half of
// the windows is left out of it, too; the p99 of all requests stands beside it.
const window = 100 * time.Millisecond

// summary is what a load saw.
func summary(all []sample) (p Paced) {
	p.Requests = len(all)
	for _, s := range all {
		if s.sent > time.Millisecond {
			p.Late++
		}
	}
	slices.SortFunc(all, func(a, b sample) int { return int(a.due - b.due) })
	took, sent := func(s sample) time.Duration { return s.took }, func(s sample) time.Duration { return s.sent }
	p.P50, p.P99, p.SentP99 = percentile(all, 50, took), percentile(all, 99, took), percentile(all, 99, sent)
	var windows []time.Duration
	for len(all) > 0 {
		n, _ := slices.BinarySearchFunc(all, all[0].due+window, func(s sample, end time.Duration) int { return int(s.due - end) })
		windows = append(windows, percentile(all[:n], 99, took))
		all = all[n:]
	}
	slices.Sort(windows)
	p.WindowP99 = windows[len(windows)/2]
	return p
}

func percentile(of []sample, part int, value func(sample) time.Duration) time.Duration {
	values := make([]time.Duration, len(of))
	for i, s := range of {
		values[i] = value(s)
	}
	slices.Sort(values)
	return values[len(values)*part/100]
}
