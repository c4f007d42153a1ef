// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser

    /// Options whose value is the name of one of a few cases.
    enum NamedChoice {
        /// What reads the name after `option`; the error for another name lists those that there are.
        static func reader<Choice: CaseIterable & RawRepresentable<String>>(
            _ option: String
        ) -> @Sendable (String) throws -> Choice {
            { name in
                guard let choice = Choice(rawValue: name) else {
                    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("\(option) is \"\(name)\"; it has to be one of \(names).")
                }
                return choice
            }
        }
    }
#endif
