// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser

    /// Options whose value is the name of one of a few cases.
    enum NamedChoice {
        /// What reads the name after `option`; the error for another name lists those that there are.
        static func reader<Choice: CaseIterable & RawRepresentable<String> & Sendable>(
            _ option: String
        ) -> @Sendable (String) throws -> Choice {
            let choices = Array(Choice.allCases)
            return { name in
                guard let choice = choices.first(where: { $0.rawValue == name }) else {
                    let names = choices.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("\(option) is \"\(name)\"; it has to be one of \(names).")
                }
                return choice
            }
        }
    }
#endif
