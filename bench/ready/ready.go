package ready

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// ErrEnded says that the program ended before it was ready.
var ErrEnded = errors.New("it ended")

// pause is the time between two questions; a start takes some seconds at most.
const pause = 50 * time.Millisecond

// Await asks /readyz of the operations' address until it answers 200. It returns
// ErrEnded when ended is closed first, and what the last question met when ctx ends.
func Await(ctx context.Context, ops string, ended <-chan struct{}) error {
	client := http.Client{Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	for {
		answer, err := client.Get("http://" + ops + "/readyz")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
			err = errors.New(answer.Status)
		}
		select {
		case <-ended:
			return ErrEnded
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}
