// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXTestSupport
    import Testing

    /// The whole story of a model on a new machine, as Scripts/story.sh plays it, also in a container.
    @Suite(
        .timeLimit(.minutes(2)),
        .enabled(if: TestEnvironment.command != nil, "needs the built command, which make test provides"))
    struct StoryTests {
        @Test func theStoryEndsWell() async throws {
            let arguments = [
                "bash", "\(Fixtures.root)/Scripts/story.sh", try #require(TestEnvironment.command),
                "\(Fixtures.models)/0.18.0-llama-int4",
            ]
            let outcome = try await TestEnvironment.aside {
                try TestEnvironment.run("/usr/bin/env", arguments)
            }
            print(outcome.output)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("it answers from here again"))
        }
    }
#endif
