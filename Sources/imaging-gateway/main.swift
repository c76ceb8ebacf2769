print("imaging-gateway")
