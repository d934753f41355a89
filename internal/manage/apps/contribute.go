package apps

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Contribute is the published form of the app with the id, nil when there is
// none any more. Credentials stay sealed.
func (a *Area) Contribute(ctx context.Context, q store.Querier, id string) (any, error) {
	app, err := selectApp(ctx, q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	codes, err := selectCodes(ctx, q, id, apig.Page{Limit: quota.Most})
	if err != nil {
		return nil, err
	}
	out := definition.App{ID: app.ID, Name: app.Name, ProjectID: app.projectID, Key: app.AppKey, Secret: app.sealed}
	for i := range codes {
		out.Codes = append(out.Codes, codes[i].sealed)
	}
	return out, nil
}
