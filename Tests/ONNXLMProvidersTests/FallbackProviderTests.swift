// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXLM
    import ONNXLMProviders
    import Testing

    @Suite struct FallbackProviderTests {
        typealias Kind = ChatProviderError.Kind

        private func quick(_ change: (inout FallbackPolicy) -> Void = { _ in }) -> FallbackPolicy {
            var policy = FallbackPolicy()
            policy.retryDelay = .milliseconds(10)
            change(&policy)
            return policy
        }

        private func failure(_ provider: FallbackProvider, streams: Bool = false) async -> ChatProviderError?
        {
            do {
                if streams {
                    _ = try await provider.streamResponse(to: ChatRequest("x")).collect()
                } else {
                    _ = try await provider.respond(to: ChatRequest("x"))
                }
                return nil
            } catch {
                return error as? ChatProviderError
            }
        }

        @Test(arguments: [false, true]) func theFirstThatCanAnswers(_ streams: Bool) async throws {
            let first = ScriptedProvider("a", [.answer("from a")])
            let second = ScriptedProvider("b", [.answer("from b")])
            let fallback = FallbackProvider([first, second], policy: quick())
            let response =
                streams
                ? try await fallback.streamResponse(to: ChatRequest("x")).collect()
                : try await fallback.respond(to: ChatRequest("x"))
            #expect(response.text == "from a")
            #expect(response.provider == "a")
            #expect(response.attempts.isEmpty)
            #expect(second.calls.isEmpty)
        }

        @Test(
            arguments: [
                Kind.modelMissing, .doesNotFit, .weightsIncomplete, .unsupportedModel, .contextTooLong,
                .timeout,
                .rateLimit, .serverError, .unreachable, .interrupted, .malformedAnswer, .keyMissing,
                .unauthorized,
                .failed,
            ], [false, true])
        func theseFallThroughAndTheAnswerSaysSo(_ kind: Kind, _ streams: Bool) async throws {
            let first = ScriptedProvider("a", [.fail(kind)])
            let policy = quick { $0.retryCount = 0 }
            let fallback = FallbackProvider(
                [first, ScriptedProvider("b", [.answer("from b")])], policy: policy)
            let response =
                streams
                ? try await fallback.streamResponse(to: ChatRequest("x")).collect()
                : try await fallback.respond(to: ChatRequest("x"))
            #expect(response.provider == "b")
            #expect(response.attempts.map(\.provider) == ["a"])
            #expect(response.attempts.map(\.kind) == [kind])
            #expect(response.attempts.map(\.reason) == ["told to fail"])
        }

        @Test(arguments: [Kind.badRequest, .refused]) func theseNeverDo(_ kind: Kind) async throws {
            let second = ScriptedProvider("b", [.answer("from b")])
            let policy = quick { $0.fallsThrough.insert(kind) }
            let fallback = FallbackProvider([ScriptedProvider("a", [.fail(kind)]), second], policy: policy)
            #expect(await failure(fallback)?.kind == kind)
            #expect(second.calls.isEmpty)
        }

        @Test func thePolicySaysWhichElseDoNot() async throws {
            let second = ScriptedProvider("b", [.answer("from b")])
            let policy = quick { $0.fallsThrough.remove(.unauthorized) }
            let fallback = FallbackProvider(
                [ScriptedProvider("a", [.fail(.unauthorized)]), second], policy: policy)
            #expect(await failure(fallback)?.kind == .unauthorized)
            #expect(second.calls.isEmpty)
        }

        @Test func aStreamThatHasBegunNeverSwitches() async throws {
            let first = ScriptedProvider("a", [.fail(.serverError, after: ["half an "])])
            let second = ScriptedProvider("b", [.answer("from b")])
            let fallback = FallbackProvider([first, second], policy: quick())
            var text = ""
            var kind: Kind?
            do {
                for try await event in fallback.streamResponse(to: ChatRequest("x")) {
                    if case .text(let more) = event { text += more }
                }
            } catch {
                kind = (error as? ChatProviderError)?.kind
            }
            #expect(text == "half an ")
            #expect(kind == .serverError)
            #expect(first.calls.count == 1)
            #expect(second.calls.isEmpty)
            // An answer that is wanted whole has shown nothing yet.
            let whole = try await fallback.respond(to: ChatRequest("x"))
            #expect(whole.text == "from b")
        }

        @Test func theFirstTextHasALimitAndLateTextNeverComes() async throws {
            let first = ScriptedProvider("a", [.late(.seconds(30), "too late")])
            let policy = quick { $0.firstTokenTimeout = .seconds(1) }
            let fallback = FallbackProvider(
                [first, ScriptedProvider("b", [.answer("from b")])], policy: policy)
            var text = ""
            for try await event in fallback.streamResponse(to: ChatRequest("x")) {
                switch event {
                case .text(let more): text += more
                case .finished(let response):
                    #expect(response.attempts.map(\.kind) == [.timeout])
                    #expect((0.9..<20).contains(response.attempts.first?.seconds ?? 0))
                }
            }
            #expect(text == "from b")
            #expect(try await fallback.respond(to: ChatRequest("x")).text == "from b")
        }

        @Test func theDeadlineHoldsForAll() async throws {
            let slow = ScriptedProvider("a", [.late(.seconds(30), "late")])
            let failing = ScriptedProvider("a", [.fail(.serverError)])
            for provider in [slow, failing] {
                let policy = quick {
                    $0.totalDeadline = .milliseconds(500)
                    $0.firstTokenTimeout = nil
                    $0.retryCount = 1000
                    $0.circuitBreakerThreshold = 0
                }
                let start = ContinuousClock.now
                let error = await failure(
                    FallbackProvider([provider, provider], policy: policy), streams: true)
                #expect(start.duration(to: .now) < .seconds(10))
                #expect(error != nil)
            }
        }

        @Test func retriesWaitAsLongAsTheyAreAskedTo() async throws {
            let patient = ScriptedProvider(
                "a",
                [
                    .fail(.rateLimit, retryAfter: .milliseconds(150)), .fail(.serverError),
                    .answer("third time"),
                ])
            let policy = quick { $0.retryCount = 2 }
            let response = try await FallbackProvider([patient], policy: policy).respond(to: ChatRequest("x"))
            #expect(response.text == "third time")
            #expect(response.attempts.map(\.kind) == [.rateLimit, .serverError])
            #expect(patient.calls[0].duration(to: patient.calls[1]) >= .milliseconds(150))
            #expect(patient.calls[1].duration(to: patient.calls[2]) >= .milliseconds(10))
            // One that wants too long a rest is left for the next.
            let tired = ScriptedProvider("a", [.fail(.rateLimit, retryAfter: .seconds(3600))])
            let start = ContinuousClock.now
            let next = try await FallbackProvider(
                [tired, ScriptedProvider("b", [.answer("from b")])], policy: quick()
            ).respond(to: ChatRequest("x"))
            #expect(next.provider == "b")
            #expect(tired.calls.count == 1)
            #expect(start.duration(to: .now) < .seconds(10))
        }

        @Test func theCircuitBreakerOpensTriesOnceAndCloses() async throws {
            let failing = ScriptedProvider(
                "a", Array(repeating: .fail(.serverError), count: 4) + [.answer("well again")])
            let policy = quick {
                $0.retryCount = 0
                $0.circuitBreakerThreshold = 3
                $0.circuitBreakerCooldown = .seconds(2)
            }
            let fallback = FallbackProvider(
                [failing, ScriptedProvider("b", [.answer("from b")])], policy: policy)
            var kinds: [Kind?] = []
            for _ in 0..<5 {
                kinds.append(try await fallback.respond(to: ChatRequest("x")).attempts.first?.kind)
            }
            #expect(kinds == [.serverError, .serverError, .serverError, .circuitOpen, .circuitOpen])
            #expect(failing.calls.count == 3)
            try await Task.sleep(for: .milliseconds(2100))
            #expect(try await fallback.respond(to: ChatRequest("x")).attempts.first?.kind == .serverError)
            #expect(try await fallback.respond(to: ChatRequest("x")).attempts.first?.kind == .circuitOpen)
            try await Task.sleep(for: .milliseconds(2100))
            #expect(try await fallback.respond(to: ChatRequest("x")).text == "well again")
            #expect(try await fallback.respond(to: ChatRequest("x")).text == "well again")
        }

        @Test func theSpendingCapHoldsForRequestsSideBySide() async throws {
            // An answer costs 20 tokens at a dollar; before it, at most 64 + 17 + 19 tokens.
            let prices = ChatPrices(promptPerMillion: 1e6, generatedPerMillion: 1e6)
            let paid = ScriptedProvider("paid", [.late(.milliseconds(50), "x")], prices: prices)
            let unknown = ScriptedProvider("unknown", [.answer("x")])
            let fallback = FallbackProvider(
                [unknown, paid],
                policy: quick {
                    $0.spendingCap = 250
                    $0.maximumTokensUnderCap = 19
                })
            let answered = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 { group.addTask { await failure(fallback) == nil } }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(answered >= 2)
            #expect(fallback.spent == Double(answered) * 20)
            var more = answered
            while await failure(fallback) == nil { more += 1 }
            #expect(fallback.spent <= 250)
            #expect(more == 8)
            #expect(unknown.calls.isEmpty)
            let error = await failure(fallback)
            #expect(error?.kind == .exhausted)
            #expect(error?.attempts.map(\.kind) == [.overBudget, .overBudget])
        }

        @Test func localOnlyAsksNobodyElse() async throws {
            let remote = ScriptedProvider("remote", [.answer("from remote")])
            let local = ScriptedProvider("local", [.fail(.doesNotFit)], stays: true)
            let fallback = FallbackProvider([remote, local, remote], policy: quick { $0.localOnly = true })
            let error = await failure(fallback)
            #expect(error?.kind == .exhausted)
            #expect(error?.attempts.map(\.kind) == [.leavesMachine, .doesNotFit, .leavesMachine])
            #expect(error?.description.contains("does_not_fit: told to fail") == true)
            #expect(remote.calls.isEmpty)
            #expect(fallback.staysOnThisMachine)
        }

        @Test func cancellingAsksNobodyElse() async throws {
            let slow = ScriptedProvider("a", [.late(.seconds(30), "late")])
            let second = ScriptedProvider("b", [.answer("from b")])
            let fallback = FallbackProvider([slow, second], policy: quick())
            let task = Task { try await fallback.respond(to: ChatRequest("x")) }
            try await Task.sleep(for: .milliseconds(100))
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(second.calls.isEmpty)
            #expect(await failure(FallbackProvider([]))?.kind == .exhausted)
        }
    }
#endif
