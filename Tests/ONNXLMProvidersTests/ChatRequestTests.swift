// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXGeneration
    import ONNXLMProviders
    import Testing

    @Suite struct ChatRequestTests {
        @Test func instructionsComeFirst() {
            let request = ChatRequest("Hello", instructions: "Be brief.")
            #expect(request.allMessages == [ChatMessage(.system, "Be brief."), ChatMessage(.user, "Hello")])
            #expect(ChatRequest("Hello").allMessages == [ChatMessage(.user, "Hello")])
        }
    }
#endif
