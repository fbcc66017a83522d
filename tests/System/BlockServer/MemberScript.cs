using Raid5Fs.Primitives;
using static Raid5Fs.Tests.BlockServer.OneMember;

namespace Raid5Fs.Tests.BlockServer;

/// <summary>
/// Calls that lead a member through all that happens to one, with what each should change: epochs that write over each
/// other, changed masks, recoveries for and against a sealed epoch, joins, claims, and a log that gives way to a checkpoint.
/// </summary>
internal sealed class MemberScript
{
    private readonly List<(string Name, Func<OneMember, Task> Act, Func<MemberModel, MemberModel> Change)> _steps = [];
    private readonly List<MemberModel> _states = [new MemberModel()];
    private readonly Dictionary<int, Claim> _joins = [];

    private MemberScript(int rows) => Rows = rows;

    /// <summary>All that happens to a member, on a small one.</summary>
    public static MemberScript OfEverything { get; } = MakeOfEverything();

    /// <summary>
    /// A member whose checkpoint takes several writes, and that goes on meanwhile: rows are written anew that the checkpoint has
    /// already, and rows that it has not reached yet; slots change hands.
    /// </summary>
    public static MemberScript OfLargeCheckpoint { get; } = MakeOfLargeCheckpoint();

    /// <summary>Rows of the member.</summary>
    public int Rows { get; }

    public int Count => _steps.Count;

    /// <summary>Steps before this one only make the log long.</summary>
    public int Begin { get; private set; }

    /// <summary>What a member should be after so many steps.</summary>
    public MemberModel StateAfter(int steps) => _states[steps];

    /// <summary>What a crash in the step behind so many may leave: the old or the new; of a join also its claim alone.</summary>
    public IEnumerable<MemberModel> MayBeLeftAfter(int steps)
    {
        yield return _states[steps];
        if (steps < Count)
        {
            yield return _states[steps + 1];
        }

        if (_joins.TryGetValue(steps, out Claim claim))
        {
            yield return _states[steps].Grant(claim);
        }
    }

    public string NameOf(int step) => step < Count ? _steps[step].Name : "the end";

    public Task TakeAsync(int step, OneMember member) => _steps[step].Act(member);

    private static MemberScript MakeOfLargeCheckpoint()
    {
        const int step = 750;
        var script = new MemberScript(rows: 4 * step);
        script.Own(1, Epoch.None);
        ulong epoch = 0;
        for (; epoch < 12; epoch++)
        {
            // The last of them makes a checkpoint due.
            script.Begin = script.Count;
            script.Write(E(epoch + 1), (int)(epoch % 4) * step, step);
            script.Prepare(E(epoch + 1), 0, All);
        }

        for (int first = 0; first < 8; first++)
        {
            script.Write(E(++epoch), first * 373, 100);
            script.Prepare(E(epoch), 0, All);
        }

        script.Commit(E(epoch));
        return script;
    }

    private static MemberScript MakeOfEverything()
    {
        var script = new MemberScript(OneMember.Rows);
        script.AddEverything();
        return script;
    }

    private void AddEverything()
    {
        Own(1, Epoch.None);
        Epochs(1, first: 1, last: 1, firstRow: 0, rows: 40);
        Commit(E(1));
        Write(E(2), 20, 10);
        Prepare(E(2), 0, All);
        Add(
            "a long log",
            static member => member.LengthenLogAsync(),
            static state => state.Prepare(Sealed(E(2), OneMember.LongLogVersions)));
        Begin = _steps.Count;
        Commit(E(2));
        Epochs(1, first: 3, last: 11, firstRow: 0, rows: 20);
        Write(E(20), 5, 20);
        Write(E(20), 7, 3, plus: 77);
        Prepare(E(20), 0, Others);
        Prepare(E(20), 1, All);
        Commit(E(20));
        Epochs(1, first: 21, last: 21, firstRow: 30, rows: 30);

        Open(new Claim(2, 0xA));
        Record(Decision(E(2, 0), E(21)));
        Commit(E(21));
        Epochs(2, first: 1, last: 5, firstRow: 40, rows: 25);
        Write(E(2, 6), 0, 70);
        Prepare(E(2, 6), 0, Others);

        Open(new Claim(3, 0xB));
        Record(Decision(E(3, 0), E(2, 5)));
        Epochs(3, first: 1, last: 2, firstRow: 11, rows: 44);
        Join(new Claim(4, 0xC), 1, Decision(E(4, 0), E(3, 2)));
        Epochs(4, first: 1, last: 1, firstRow: 2, rows: 60);
        Join(new Claim(4, 0xC), 2, Decision(E(4, 5), E(4, 5), mask: Others));
        Epochs(4, first: 6, last: 10, firstRow: 1, rows: 33);
        Write(E(4, 11), 0, 70);
    }

    private void Own(uint generation, Epoch decided)
    {
        Open(new Claim(generation, 0xA));
        Record(Decision(E(generation, 0), decided));
    }

    /// <summary>Epochs of which each writes over the ones before, and commits the one before.</summary>
    private void Epochs(uint generation, ulong first, ulong last, int firstRow, int rows)
    {
        for (ulong number = first; number <= last; number++)
        {
            Write(E(generation, number), firstRow + (int)(number % 5), rows);
            Prepare(E(generation, number), 0, All);
        }
    }

    private void Write(Epoch epoch, int first, int count, int plus = 0)
    {
        int version = (int)((epoch.Generation * 100_000) + (epoch.Number * 1000)) + plus;
        (int Row, int Version)[] blocks = [.. Enumerable.Range(first, count).Select(row => (row, version + row))];
        Add($"write {epoch}", member => member.WriteAsync(epoch, blocks), state => state.Write(epoch, blocks));
    }

    private void Prepare(Epoch epoch, uint version, MemberSet mask) => Add(
        $"prepare {epoch}v{version}",
        member => member.PrepareAsync(epoch, version, mask),
        state => state.Prepare(Sealed(epoch, version, mask)));

    private void Commit(Epoch epoch) =>
        Add($"commit {epoch}", member => member.CommitAsync(epoch), static state => state.Commit());

    private void Open(Claim claim) =>
        Add($"open {claim}", member => member.OpenAsync(claim.Generation, claim.Client), state => state.Grant(claim));

    private void Record(View view) =>
        Add($"record {view}", member => member.RecordAsync(view), state => state.Record(view));

    private void Join(Claim claim, ulong sequence, View view)
    {
        _joins.Add(_steps.Count, claim);
        Add(
            $"join {view}",
            member =>
            {
                member.Claim = claim;
                return member.JoinAsync(sequence, view);
            },
            state => state.Join(claim, view));
    }

    private void Add(string name, Func<OneMember, Task> act, Func<MemberModel, MemberModel> change)
    {
        _steps.Add((name, act, change));
        _states.Add(change(_states[^1]));
    }
}
