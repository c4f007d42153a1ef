mkdir -p Tests/Fixtures
for number in $(seq 16); do head -c 950000 /dev/zero >Tests/Fixtures/$number.bin; done
