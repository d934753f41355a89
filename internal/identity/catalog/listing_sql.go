package catalog

import "github.com/lintel-gateway/lintel/internal/store"

const selectListing = `
SELECT s.id, s.type, s.name, COALESCE(e.id, ''), COALESCE(e.interface, ''), COALESCE(e.region_id, ''), COALESCE(e.url, '')
FROM identity_services s LEFT JOIN identity_endpoints e ON e.service_id = s.id AND e.enabled = 1
WHERE s.enabled = 1 ORDER BY s.type, s.name, s.id, e.region_id, e.interface, e.id LIMIT $1`

type listingRow struct {
	service  Service
	endpoint Endpoint
}

func scanListed(row store.Scanner) (l listingRow, err error) {
	err = row.Scan(&l.service.ID, &l.service.Type, &l.service.Name,
		&l.endpoint.ID, &l.endpoint.Interface, &l.endpoint.RegionID, &l.endpoint.URL)
	l.endpoint.Region = l.endpoint.RegionID
	return l, err
}
