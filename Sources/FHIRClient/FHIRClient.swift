// FHIRClient
