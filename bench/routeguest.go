package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/lintel-gateway/lintel/bench/forge"
	"github.com/lintel-gateway/lintel/bench/job"
	"github.com/lintel-gateway/lintel/bench/loader"
)

// hit is the message of the hit route, whose last number changes.
func (s *size) hit() loader.Request {
	_, template := forge.Split(hitRoute)
	variables := forge.Variables(template)
	path := template
	for i, v := range variables {
		value := "42"
		if i == len(variables)-1 {
			value = "00000000"
		}
		path = strings.Replace(path, "{"+v+"}", value, 1)
	}
	return loader.Request{Method: "GET", Path: path, Host: hostOf(0), Counted: true}
}

// countRoutes counts what a call of the hit route costs each gateway, in one kind of
// machine: the gateways are the same program and copy the same bytes.
func (f *field) countRoutes(ctx context.Context, sizes []*size) error {
	j := job.Job{
		Unix: time.Now().Unix(), Warm: f.o.warm, Requests: f.o.counted, Parts: f.o.parts,
		Backend:   []string{f.file("backend"), "-addr", f.backendAddress},
		Calibrate: []string{f.file("guest"), "-calibrate"},
	}
	for _, one := range sizes {
		s := one.server
		j.Contenders = append(j.Contenders, job.Contender{Name: s.name, Args: s.args, Env: s.env, Address: s.address,
			Cases: []job.Case{{Name: s.name, Options: loader.Options{Address: s.address, Connections: connections}, Request: one.hit()}}})
	}
	text, err := json.Marshal(j)
	if err != nil {
		return err
	}
	archive := f.file("boot-" + byWords.name)
	if err := f.writeInitramfs(ctx, archive, text, []string{f.file("backend"), f.file("guest"), f.file("lintel")}); err != nil {
		return err
	}
	booted, err := f.bootAndCollect(ctx, byWords, archive)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(f.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\nAPIs\tthousand instructions\tof one API's %\tspread %\tMB\t")
	base := 0.0
	for _, one := range sizes {
		parts := booted[one.server.name]
		if len(parts) == 0 {
			return fmt.Errorf("%s was not counted", one.server.name)
		}
		low, middle, high := perRequest(parts)
		if base == 0 {
			base = middle
		}
		fmt.Fprintf(t, "%d\t%.2f\t%.2f\t%.1f\t%d\t\n", one.set.apis, middle/1e3, middle/base*100, (high-low)/middle*100, parts[0].Resident>>20)
	}
	return t.Flush()
}
