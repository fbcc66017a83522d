using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Cluster;
using Raid5Verify.Oracle;
using Raid5Verify.Simulation;

namespace Raid5Verify.Running;

/*
 * The clients of a run, one after the other. One is in charge at a time: the steps of the scenario are done by it, and it
 * alone may change anything.
 *
 *     ready ---- Crash ----> down ---- Restart ----> recovering ----> ready
 *     ready ---- TakeOver -------------------------> recovering ----> ready      and the old one is a SupersededClient
 *
 * A client that recovers opens the array, mounts, and reads everything; the oracle says whether that may be. Only then is
 * it ready. It may crash again at any point of that, and whatever was seen of its recovery then binds the next one.
 */

/// <summary>Which client is in charge, and how the next one follows it.</summary>
internal sealed class ClientSuccession(ScenarioRun run)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>How often everything is read again, where parts of it could not be, before a client makes do with the rest.</summary>
    private const int Readings = 20;

    /// <summary>The most states between which unreadable blocks may leave it open what the file system holds.</summary>
    private const int MostPossible = 64;

    private readonly List<SupersededClient> _superseded = [];
    private TaskCompletionSource<ClientSession?> _ready = new();
    private TimeSpan _triesUntil;

    /// <summary>
    /// A client ended while it opened the array, and since then none has opened it: claims of it may be on their way yet, and outdo
    /// those of a client that opens it now.
    /// </summary>
    private bool _areClaimsOnTheirWay;

    private SimulatedCluster Cluster => run.Cluster;

    /// <summary>Recoveries that ended with a client in charge.</summary>
    public int Recoveries { get; private set; }

    /// <summary>Whether there is a client in charge that has recovered.</summary>
    public bool IsReady => _ready.Task.IsCompleted && !Cluster.Session.IsEnded;

    /// <summary>The first client, which has made the file system, is in charge.</summary>
    public void Begin() => _ready.SetResult(Cluster.Session);

    /// <summary>
    /// Waits until a client is in charge. It may end before the caller goes on: that is for him to see. Null if the array
    /// cannot be opened any more.
    /// </summary>
    public Task<ClientSession?> ReadyAsync() => _ready.Task;

    /// <summary>The client in charge, or the one that recovers, dies.</summary>
    public void Crash(CrashKind kind)
    {
        Host host = Cluster.Client;
        End();
        host.Crash(kind);
    }

    /// <summary>The host of the client that died starts again, and recovers.</summary>
    /// <param name="again">How often it then crashes again, right after it has recovered.</param>
    public void Restart(int again)
    {
        Cluster.Client.Restart();
        Recover(Cluster.Client, again);
    }

    /// <summary>The client in charge dies and is there again at once: what an operator does to one that is read-only.</summary>
    public void Replace()
    {
        if (!Cluster.Client.IsUp)
        {
            return;
        }

        Crash(CrashKind.Process);
        Restart(again: 0);
    }

    /// <summary>A client on another host takes over, while the one in charge knows nothing of it.</summary>
    public SupersededClient TakeOver()
    {
        bool isKnown = _ready.Task.IsCompleted && run.Oracle is { IsCertain: true, SideBySide: null };
        var old = new SupersededClient(run, Cluster.Session, isKnown ? run.Oracle.Latest : null, run.InFlight);
        _superseded.Add(old);
        End();
        Recover(Cluster.AddClient(), again: 0);
        return old;
    }

    /// <summary>Waits until the superseded clients, all of which can act again, have done what they do of themselves.</summary>
    public Task SettleAsync() => Task.WhenAll(_superseded.Select(static old => old.Done));

    private void End()
    {
        _areClaimsOnTheirWay = Cluster.Session.Array is null;
        Cluster.Session.End(Cluster.World.Now);
        run.Interrupt();
        if (_ready.Task.IsCompleted)
        {
            _ready = new TaskCompletionSource<ClientSession?>();
        }
    }

    private void Recover(Host host, int again)
    {
        ClientSession session = Cluster.BeginSession(host);
        _triesUntil = Cluster.World.Now + (2 * ScenarioRun.Patience);
        Cluster.Begin("recovery", () => RecoverAsync(session, again));
    }

    private async Task RecoverAsync(ClientSession session, int again)
    {
        // It may end in the very moment in which it is done: then its successor recovers already.
        if (!await MountAsync(session) || !await ReadAsync(session) || !await CheckAsync(session) || session.IsEnded)
        {
            return;
        }

        Recoveries++;
        run.Statistics.Recoveries++;
        if (again > 0)
        {
            Crash(CrashKind.Process);
            Restart(again - 1);
            return;
        }

        _ready.SetResult(session);
    }

    /// <returns>False if the client has ended, or the array cannot be opened any more.</returns>
    private async Task<bool> MountAsync(ClientSession session)
    {
        for (TimeSpan pause = Pause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            TimeSpan began = Cluster.World.Now;
            bool isRefused = false;
            Attempt<Errno> mounted = await run.OnAsync(session, "recover", async () =>
            {
                Errno opened = session.Array is null ? await Cluster.OpenArrayAsync(session) : Errno.OK;
                isRefused = opened == Errno.EIO;
                return opened == Errno.OK ? await Cluster.MountAsync(session) : opened;
            });
            if (!mounted.IsAnswered || session.IsEnded || mounted.Value == Errno.OK)
            {
                return mounted.IsAnswered && !session.IsEnded;
            }

            if (isRefused && run.Mode.ProvesItsDemands && LivenessProof.OfQuiet(run, began) is { Verdict: WhatIsLeft.Enough } enough)
            {
                throw run.Violate(Promise.NoLoss, "a new client opens the array", $"{mounted.Value}; it could be had: {enough.Reason}", "recovery");
            }

            bool isLate = Cluster.World.Now >= _triesUntil;
            if (!IsTolerated(mounted.Value, began) || (isLate && run.Mode.DemandsConvergence))
            {
                Promise broken = run.Mode.ToleratesErrors ? Promise.Convergence : Promise.NoLoss;
                throw run.Violate(broken, "a new client opens the array", $"{mounted.Value}; {Cluster.DescribeTrouble()}", "recovery");
            }

            if (isLate)
            {
                GiveUp();
                return false;
            }

            await run.WaitAsync(pause);
        }
    }

    /// <summary>
    /// ESTALE is right where a dead client's claims come late. It also is where a member is not where it should be, and another one
    /// is away: the rest make up no array.
    /// </summary>
    private bool IsTolerated(Errno error, TimeSpan began) =>
        run.Mode.IsTolerated(error)
        || (error == Errno.ESTALE && (_areClaimsOnTheirWay || (run.Mode.ToleratesErrors && Cluster.WasAnyMislaidSince(began))));

    /// <summary>Reads everything, and has it judged.</summary>
    /// <returns>False if the client has ended, or too little could be read.</returns>
    private async Task<bool> ReadAsync(ClientSession session)
    {
        for (int reading = 1; ; reading++)
        {
            var tree = new RecoveredTree();
            Attempt<bool> read = await run.OnAsync(session, "read everything", async () =>
            {
                await tree.ReadAsync(session.Paths!);
                return true;
            });
            if (read.IsAnswered && !tree.IsWhole && run.Mode.ToleratesErrors && reading < Readings)
            {
                await run.WaitAsync(Pause);
                continue;
            }

            if (tree.IsEmpty || Adopt(run.Oracle.Judge(tree, run.Mode.Allows), tree.IsWhole))
            {
                return read.IsAnswered;
            }

            if (!read.IsAnswered)
            {
                return false;
            }

            if (!run.Mode.DemandsConvergence || Cluster.World.Now >= _triesUntil)
            {
                GiveUp();
                return false;
            }

            // Nothing is destroyed: what cannot be read now will be.
            await run.WaitAsync(LongestPause);
        }
    }

    /// <returns>False if too little could be read to tell what it is.</returns>
    private bool Adopt(Judgement judgement, bool isCertain)
    {
        if (judgement is Judgement.Nothing nothing)
        {
            throw run.Violate(nothing.Broken, nothing.Expected, nothing.Actual, "recovery");
        }

        var found = (Judgement.Found)judgement;
        if (found.States.Count > MostPossible)
        {
            return false;
        }

        run.Oracle.Adopt(found.States);
        run.Statistics.UndoneOperations += found.OperationsLost;
        run.OnEvent?.Invoke(new RunEvent.Recovered(Cluster.Client.Name, Describe(found.States), found.OperationsLost));
        foreach (SupersededClient old in _superseded)
        {
            old.Judged(isCertain ? found.OperationsLost : null);
        }

        return true;
    }

    private static string Describe(IReadOnlyList<FileSystemState> states) =>
        states.Count == 1 ? states[0].ToString() : $"one of {states.Count} states, of which the likeliest is {states[0]}";

    /// <summary>There is nothing more that could be asked, or judged.</summary>
    private void GiveUp()
    {
        End();
        _superseded.ForEach(static old => old.Judged(null));
        _ready.SetResult(null);
    }

    /// <summary>Whether blocks that could not be read, where that is allowed, keep it from telling the rest.</summary>
    private bool IsBlind(FsckReport report) =>
        run.Mode.ToleratesErrors && report.Findings.Any(finding => finding.Problem == FsckProblem.Unreadable);

    /// <summary>
    /// Structures that no file shows, such as the bitmaps, must be of one state too. What the mount has freed is committed first: while
    /// it is written, or after a commit that failed, the blocks below a mounted file system are of no state.
    /// </summary>
    /// <returns>False if the client has ended.</returns>
    private async Task<bool> CheckAsync(ClientSession session)
    {
        Attempt<Errno> synced = await run.OnAsync(session, "sync", () => session.Files!.SyncAsync(session.Files.Root));
        if (!synced.IsAnswered || run.Mode.IsTolerated(synced.Value))
        {
            return synced.IsAnswered;
        }

        if (synced.Value != Errno.OK)
        {
            throw run.Violate(Promise.NoLoss, "a commit of what the mount freed", $"{synced.Value}", "recovery, sync");
        }

        Attempt<FsckReport> checkedNow = await run.OnAsync(session, "fsck", () => Fsck.CheckAsync(session.Array!));
        if (checkedNow is { IsAnswered: true, Value: { IsClean: false } report } && !IsBlind(report))
        {
            throw run.Violate(Promise.AtomicCommit, "a clean file system", report.ToString(), "recovery, fsck");
        }

        return checkedNow.IsAnswered;
    }
}
