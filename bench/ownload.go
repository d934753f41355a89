package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/bench/loader"
)

// ownLoad is a load that this program makes itself, as a process of its own on the
// core of the load.
type ownLoad struct {
	Options  loader.Options `json:"options"`
	Request  loader.Request `json:"request"`
	Duration time.Duration  `json:"duration"`
	Rate     float64        `json:"rate"` // requests a second; 0: as fast as they are answered
	// Unpaced asks the generator of paced load to send as fast as answers come.
	Unpaced bool `json:"unpaced"`
}

// ownLoad starts it and hears what it saw.
func (f *field) ownLoad(ctx context.Context, l ownLoad) (loader.Paced, error) {
	var result loader.Paced
	in, err := json.Marshal(l)
	if err != nil {
		return result, err
	}
	self, err := os.Executable()
	if err != nil {
		return result, err
	}
	ctx, cancel := context.WithTimeout(ctx, l.Duration+time.Minute)
	defer cancel()
	var out, problems bytes.Buffer
	cmd := exec.CommandContext(ctx, "taskset", "-c", strconv.Itoa(loadCore), self, "-load")
	cmd.Env = append(cmd.Environ(), "GOMAXPROCS=1", "GOGC=400")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &problems
	if err := cmd.Run(); err != nil {
		return result, fmt.Errorf("%w: %s", err, strings.TrimSpace(problems.String()))
	}
	return result, json.Unmarshal(out.Bytes(), &result)
}

// makeLoad is that process.
func makeLoad(ctx context.Context, in io.Reader, out io.Writer) error {
	var l ownLoad
	if err := json.NewDecoder(in).Decode(&l); err != nil {
		return err
	}
	var result loader.Paced
	var err error
	if l.Rate > 0 || l.Unpaced {
		result, err = loader.Pace(ctx, l.Options, &l.Request, l.Rate, l.Duration)
	} else {
		result, err = closedLoop(ctx, &l)
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(result)
}

func closedLoop(ctx context.Context, l *ownLoad) (loader.Paced, error) {
	client, err := loader.Open(ctx, l.Options, &l.Request)
	if err != nil {
		return loader.Paced{}, err
	}
	defer client.Close()
	return client.For(ctx, l.Duration)
}
