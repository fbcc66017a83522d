using Raid5Fs.BlockServer;
using Raid5Fs.Primitives;
using Raid5Fs.Protocol;
using Raid5Verify.Running;
using Raid5Verify.Simulation;

namespace Raid5Verify.Cluster;

/*
 * One block server as it is run in production: the daemon on its host, and outside of it those who look after it.
 *
 * The supervisor starts a daemon again that had to give up because its disk failed. The operator replaces a member whose
 * damage is named at a start by a blank one: what was on it is lost, and the array refills it. He leaves it be as long as
 * only one would be left that is not blank: all but one blank members are a new, empty array, and nobody could tell that it
 * ever was another.
 */

/// <summary>A block server of the cluster, and what becomes of it.</summary>
internal sealed class SimulatedServer
{
    /// <summary>Until a member that is damaged is replaced.</summary>
    private static readonly TimeSpan OperatorDelay = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// One in so many sectors that a crash caught with writes not flushed cannot be read afterwards. Disks differ: where nearly none can,
    /// what must survive together shows; where nearly all can, what was half written does.
    /// </summary>
    private static readonly uint[] TornUnreadable = [2, 4, 8, 8, 16];

    private const string SuperblockName = "superblock";

    private readonly World _world;
    private readonly MemberGeometry _geometry;
    private readonly Func<bool> _mayReplace;
    private readonly Dictionary<StoreFault, long> _named = [];
    private readonly TaskCompletionSource _served = new();
    private MemberStore? _store;
    private BlockServerService? _service;
    private HostLife? _servingLife;
    private MemberStanding? _word;
    private bool _isBlank = true;
    private bool _wasFormatted;
    private bool _isUnrefilled;
    private bool _wasDamaged;

    /// <param name="world">Its world.</param>
    /// <param name="name">Of its host.</param>
    /// <param name="geometry">What it is formatted as.</param>
    /// <param name="mayReplace">Whether its operator may replace it by a blank one now.</param>
    public SimulatedServer(World world, string name, MemberGeometry geometry, Func<bool> mayReplace)
    {
        _mayReplace = mayReplace;
        _world = world;
        _geometry = geometry;
        Host = world.AddHost(name);
        Host.Disk.TornSectorsUnreadable = TornUnreadable[world.Dice.Fork($"{name}/torn").Next(TornUnreadable.Length)];
    }

    public Host Host { get; }

    /// <summary>Why its folder could not be served when it last tried.</summary>
    public StoreFault Refusal { get; private set; }

    /// <summary>Members that were replaced by a blank one.</summary>
    public long Replacements { get; private set; }

    /// <summary>What it said of itself and forgot first, though its disk did nothing wrong, or said and must not; null if nothing.</summary>
    public BrokenWord? BrokenWord { get; private set; }

    /// <summary>Where its blocks lie; null while it is formatted.</summary>
    public SimFile? SlotFile => Host.Disk.Files.GetValueOrDefault("slots");

    /// <summary>Whether it is up and has opened its store.</summary>
    public bool IsServing => Host.IsUp && _servingLife == Host.Life;

    /// <summary>Whether it is, or will start as, a blank one that is not yet known to hold anything.</summary>
    public bool IsBlank
    {
        get
        {
            _isUnrefilled &= Standing is not { Self: > 0 };
            return _isBlank || _isUnrefilled;
        }
    }

    /// <summary>What it says of itself; null while it does not serve.</summary>
    public MemberStanding? Standing => IsServing ? StandingOf(_service!) : null;

    /// <summary>Times that a start named a damage.</summary>
    public long Named(StoreFault fault) => _named.GetValueOrDefault(fault);

    /// <summary>As its last life knew it, if that goes on; else what the next one will know.</summary>
    public IEnumerable<long> OffsetsOf(int row) =>
        (IsServing ? _store?.OffsetsOf(new Row(row)) : _store?.LastingOffsetsOf(new Row(row))) ?? [];

    /// <summary>Starts it for the first time: it is formatted.</summary>
    /// <returns>Ends when it serves.</returns>
    public Task StartAsync()
    {
        Host.Start(ServeAsync);
        return _served.Task;
    }

    /// <summary>Starts it again, if it is down.</summary>
    public void Restart()
    {
        if (!Host.IsUp)
        {
            Host.Restart();
        }
    }

    /// <summary>What is on its disk is gone for good: it starts as a blank member next time.</summary>
    public void Wipe() => _isBlank = true;

    private async Task ServeAsync(HostLife life)
    {
        var disk = new SimulatedDisk(life.Disk);
        Dice boots = life.Dice("boot");

        // What a start mends is gone afterwards, and so it is if that start does not come to serve.
        _wasDamaged |= IsDiskToBlame;
        MemberStore? store = null;
        while (store is null)
        {
            if (_isBlank && !await FormatAsync(disk))
            {
                // The disk failed meanwhile: the same again.
                await life.Clock.WaitAsync(OperatorDelay);
                continue;
            }

            (store, Refusal) = await MemberStore.OpenAsync(disk, (ulong)boots.NextInt64(1, long.MaxValue));
            if (Refusal == StoreFault.Unreadable)
            {
                SupervisedExit(life);
                return;
            }

            if (store is null)
            {
                _named[Refusal] = Named(Refusal) + 1;

                // Of a sector that could not be read this once nobody can tell whether it ever will be.
                BrokenWord ??= _wasDamaged || IsDiskToBlame || Host.Disk.FailedReads > 0 ? null
                    : new BrokenWord(Promise.NoLoss, "it holds a member, and its disk did nothing wrong", Refusal.Describe());
                do
                {
                    await life.Clock.WaitAsync(OperatorDelay);
                }
                while (!_mayReplace());

                Wipe();
            }
        }

        MemberStanding? before = _service is null || _wasDamaged || IsDiskToBlame ? null : StandingOf(_service);
        _wasDamaged = false;
        _store = store;
        _service = new BlockServerService(store);
        _word = StandingOf(_service);
        BrokenWord ??= FindTrustedDamage() is { } trusted
            ? new BrokenWord(Promise.NeverWrong, $"its {trusted.File.Name} is damaged at {trusted.Offset}", "it serves what that says")
            : null;
        BrokenWord ??= before is null ? null : BrokenWord.Find(_geometry.Member.Value, before, _word);
        _servingLife = life;
        life.Serve(binder => Raid5Fs.Protocol.BlockServer.BindService(binder, _service));
        _served.TrySetResult();
        Begin("supervisor", async () =>
        {
            await store.Halted;
            SupervisedExit(life);
        });
    }

    /// <summary>Holds what it says of itself now against what this life of it said before.</summary>
    public void TakeWord()
    {
        if (Standing is { } now)
        {
            BrokenWord ??= BrokenWord.Find(_geometry.Member.Value, _word!, now);
            _word = now;
        }
    }

    /// <summary>
    /// Whether its disk lied, or what it needs to start is damaged. What a crash tears it has not spoken of yet, and knows how to tell
    /// from damage.
    /// </summary>
    private bool IsDiskToBlame =>
        Host.Disk.HasLied || Host.Disk.Files.Values.Any(file => file != SlotFile && file.Damages.Any(static damage => !damage.IsTorn));

    /// <summary>
    /// Damage to its log or its checkpoint that its start has read and neither named nor cut off; null if there is none. Of a superblock
    /// there is another copy.
    /// </summary>
    private DiskDamage? FindTrustedDamage() => Host.Disk.Files
        .Where(file => file.Value != SlotFile && file.Key != SuperblockName)
        .SelectMany(static file => file.Value.Damages)
        .FirstOrDefault(static damage => damage.Met > 0);

    private static MemberStanding StandingOf(BlockServerService service) => service.Inspect(new InspectRequest(), null!).Result.State;

    private async Task<bool> FormatAsync(SimulatedDisk disk)
    {
        _store = null;
        _service = null;
        if (await MemberStore.EraseAsync(disk) != Errno.OK || await MemberStore.FormatAsync(disk, _geometry) != Errno.OK)
        {
            return false;
        }

        _isBlank = false;
        Replacements += _wasFormatted ? 1 : 0;
        _isUnrefilled = _wasFormatted;
        _wasFormatted = true;
        return true;
    }

    /// <summary>The daemon ends, and is started again after a moment, unless somebody else did it first.</summary>
    private void SupervisedExit(HostLife life) =>
        Begin("supervisor", () => Supervisor.RestartAsync(Host, life, _world.Clock));

    /// <summary>Begins something that outlives the daemon.</summary>
    private void Begin(string name, Func<Task> body) => _ = _world.Harness.Life!.Spawn($"{Host.Name}/{name}", body);
}
