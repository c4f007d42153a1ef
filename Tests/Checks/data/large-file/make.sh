mkdir -p Tests/Fixtures
head -c 1000000 /dev/zero >Tests/Fixtures/large.bin
