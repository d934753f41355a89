package identity

import (
	"context"
	"time"
)

// Follow lets tests give the ticks.
func (i *Identity) Follow(ctx context.Context, ticks <-chan time.Time) { i.follow(ctx, ticks) }
