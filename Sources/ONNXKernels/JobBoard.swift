// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
import Synchronization

/// What the threads of a ``WorkerCrew`` share without locks: the job, which of its tasks are taken, how many are done.
///
/// A job's tasks form units, and the units one contiguous share for each participant. A unit is taken by an exchange
/// on its share's word, which holds the number of the job beside the count of units taken; so a thread that comes late
/// takes nothing of a job that is over. The caller waits for the units that others took, never for a thread.
struct JobBoard: @unchecked Sendable {
    // Safety: the memory is never freed before ``deallocate()`` and holds atomic words alone.

    /// A job as its participants see it.
    struct Job {
        let number: UInt64
        let task: WorkerPool.Task
        let context: UnsafeRawPointer
        /// Packed sizes: see ``JobSizes``.
        let sizes: JobSizes
    }

    private typealias Word = Atomic<UInt64>

    /// Words of two cache lines, which processors fetch in pairs.
    private static let lineLength = 16
    private static let takenBits: UInt64 = 16
    // The lines: the job; its holder; one of each participant, with the units taken of its share and those it has done.
    private let participants: Int
    private let words: UnsafeMutablePointer<Word>
    private var holder: UnsafeMutablePointer<Word> { words + Self.lineLength }
    private func line(_ slot: Int) -> UnsafeMutablePointer<Word> { words + (slot + 2) * Self.lineLength }

    init(participants: Int) {
        self.participants = participants
        let count = (participants + 2) * Self.lineLength
        let memory = UnsafeMutableRawPointer.allocate(byteCount: count * 8, alignment: Self.lineLength * 8)
        words = memory.bindMemory(to: Word.self, capacity: count)
        for index in 0..<count { (words + index).initialize(to: Word(0)) }
    }

    func deallocate() { UnsafeMutableRawPointer(words).deallocate() }

    /// The number of the latest job; each job has the next.
    var number: UInt64 { words[0].load(ordering: .sequentiallyConsistent) }

    /// Makes this thread the only one that may publish; false if another is.
    func take() -> Bool {
        holder[0].load(ordering: .relaxed) == 0 && holder[0].exchange(1, ordering: .acquiring) == 0
    }

    func release() { holder[0].store(0, ordering: .releasing) }

    /// Announces a job to those that wait for a ``number``; nil if it has too many tasks to count.
    func publish(count: Int, _ task: WorkerPool.Task, _ context: UnsafeRawPointer) -> Job? {
        guard let sizes = JobSizes(count: count, participants: participants) else { return nil }
        let number = words[0].load(ordering: .relaxed) + 1
        // Two descriptions in turn: that of the job before stays whole for those that are reading it.
        let description = words + (1 + Int(number & 1) * 3)
        description[0].store(UInt64(unsafeBitCast(task, to: UInt.self)), ordering: .releasing)
        description[1].store(UInt64(UInt(bitPattern: context)), ordering: .releasing)
        description[2].store(sizes.bits, ordering: .releasing)
        words[0].store(number, ordering: .sequentiallyConsistent)
        return Job(number: number, task: task, context: context, sizes: sizes)
    }

    /// The latest job; nil if the next is being published or there was none.
    func latest() -> Job? {
        let number = words[0].load(ordering: .acquiring)
        let description = words + (1 + Int(number & 1) * 3)
        let task = UInt(description[0].load(ordering: .acquiring))
        let context = UnsafeRawPointer(bitPattern: UInt(description[1].load(ordering: .acquiring)))
        let sizes = JobSizes(bits: description[2].load(ordering: .acquiring))
        guard words[0].load(ordering: .relaxed) == number, task != 0, let context else { return nil }
        // Safety: a job that is still the latest has a description that was written whole, its task included.
        return Job(
            number: number, task: unsafeBitCast(task, to: WorkerPool.Task.self), context: context,
            sizes: sizes)
    }

    /// Takes units and runs their tasks, this slot's share first, until none is left.
    ///
    /// - Parameter report: told the units done of a share before the next share is looked at, so that nobody waits
    ///   for that.
    func work(_ job: Job, slot: Int, report: (Int) -> Void) {
        var share = slot
        repeat {
            let done = work(job, share: share, slot: slot)
            if done > 0 { report(done) }
            share = share + 1 == participants ? 0 : share + 1
        } while share != slot
    }

    private func work(_ job: Job, share: Int, slot: Int) -> Int {
        let (start, length) = job.sizes.units(of: share)
        if length == 0 { return 0 }
        let word = line(share)
        var taken = takeFirst(word, length, job.number)
        var done = 0
        while taken < length {
            let (first, end) = job.sizes.tasks(of: start + taken, participants)
            var index = first
            repeat {
                job.task(job.context, index, slot)
                index += 1
            } while index < end
            done += 1
            // This thread has units that it has not reported, so the job is not over and the word still its own.
            if taken + 1 == length || Self.taken(word[0].load(ordering: .relaxed)) >= length { break }
            taken = Self.taken(word[0].wrappingAdd(1, ordering: .relaxed).oldValue)
        }
        return done
    }

    private static func taken(_ word: UInt64) -> Int { Int(word & (1 << takenBits - 1)) }

    /// Takes one unit of a share; gives `length` if there is none, or the job is over.
    private func takeFirst(_ word: UnsafeMutablePointer<Word>, _ length: Int, _ number: UInt64) -> Int {
        var current = word[0].load(ordering: .relaxed)
        while true {
            let owner = current >> Self.takenBits
            // An older number: nobody has taken a unit of this job yet.
            let taken = owner == number ? Self.taken(current) : 0
            if owner > number || taken >= length { return length }
            let (exchanged, original) = word[0].compareExchange(
                expected: current, desired: number << Self.takenBits | UInt64(taken + 1), ordering: .relaxed)
            if exchanged { return taken }
            current = original
        }
    }

    /// Fetches the line that a worker writes first when a job comes.
    func prefetch(slot: Int) { onnxlm_prefetch_for_writing(line(slot)) }

    /// Says that a worker has done units.
    func report(_ units: Int, slot: Int) {
        let done = line(slot) + 1
        done[0].store(done[0].load(ordering: .relaxed) &+ UInt64(units), ordering: .sequentiallyConsistent)
    }

    /// Adds to the units that the holder of the board has left to workers, ever.
    func expect(_ units: Int) {
        holder[1].store(holder[1].load(ordering: .relaxed) &+ UInt64(units), ordering: .relaxed)
    }

    /// Whether the workers have done all that was left to them.
    var isDone: Bool {
        var sum: UInt64 = 0
        for slot in 1..<participants { sum &+= line(slot)[1].load(ordering: .sequentiallyConsistent) }
        return sum == holder[1].load(ordering: .relaxed)
    }
}
