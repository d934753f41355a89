package catalog

import "github.com/lintel-gateway/lintel/internal/store"

const selectEndpoint = `
SELECT id, service_id, interface, region_id, name, description, url, enabled FROM identity_endpoints`

const insertEndpoint = `
INSERT INTO identity_endpoints (id, service_id, interface, region_id, name, description, url, enabled, create_time)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`

const updateEndpoint = `
UPDATE identity_endpoints
SET service_id = $1, interface = $2, region_id = $3, name = $4, description = $5, url = $6, enabled = $7 WHERE id = $8`

const (
	countEndpoints    = `SELECT COUNT(*) FROM identity_endpoints`
	countEndpointsIn  = `SELECT COUNT(*) FROM identity_endpoints WHERE region_id = $1`
	deleteEndpoint    = `DELETE FROM identity_endpoints WHERE id = $1`
	deleteEndpointsOf = `DELETE FROM identity_endpoints WHERE service_id = $1`
)

func scanEndpoint(row store.Scanner) (e endpoint, err error) {
	var region string
	err = row.Scan(&e.ID, &e.ServiceID, &e.Interface, &region, &e.Name, &e.Description, &e.URL, &e.Enabled)
	e.in(region)
	return e, err
}
