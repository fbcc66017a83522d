using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>
/// A client on another host opens the array and is the client of the run from then on. The old one knows nothing of it: it
/// runs on, or stands still or is cut off for a while, and then goes on with what it was doing.
/// </summary>
public sealed record Takeover : Fault
{
    /// <summary>What is the matter with the old client meanwhile.</summary>
    [Subject]
    public required OldClient Old { get; init; }

    /// <summary>How long that lasts; afterwards it goes on, and is asked for more.</summary>
    [Between(1, 3_600_000)]
    public required TimeSpan For { get; init; }

    internal override TimeSpan? Lasts => For;

    internal static Takeover Draw(Draft draft) => new()
    {
        Old = draft.Pick(Enum.GetValues<OldClient>()),
        For = draft.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(400)),
    };

    /// <summary>
    /// A client that is still opening the array is not taken over: which of the two comes last, and so is in charge, would be
    /// theirs to decide.
    /// </summary>
    internal override FaultPlan? Plan(FaultScene scene) => scene.Cluster.IsOpen
        ? new FaultPlan(new FaultCost.Straggler(), () => new Active(scene, this))
        : null;

    /// <summary>Met when the old client has asked a server for something although it was replaced, or has been refused.</summary>
    private sealed class Active : ActiveFault
    {
        private readonly FaultScene _scene;
        private readonly SupersededClient _old;
        private readonly RequestCounter _counter;
        private readonly LinkRule? _rule;

        public Active(FaultScene scene, Takeover fault)
            : base(scene.Cluster.World, fault)
        {
            _scene = scene;
            _old = scene.Clients.TakeOver();
            _counter = World.Network.Add(new RequestCounter { From = _old.Host, Kind = PacketKind.Request }, "count");
            _rule = fault.Old switch
            {
                OldClient.CutOff => World.Network.Add(new LossRule { From = _old.Host, BothWays = true }, "cut-off"),
                OldClient.Clogged => World.Network.Add(new ClogRule { From = _old.Host, BothWays = true }, "clogged"),
                _ => null,
            };
            if (fault.Old == OldClient.Paused)
            {
                _old.Host.Pause();
            }
        }

        public override bool IsMet => _counter.Met > 0 || _old.WasRefused;

        protected override void OnEnd()
        {
            if (_rule is not null)
            {
                World.Network.Remove(_rule);
            }

            _old.Host.Resume();
            _scene.Cluster.Begin("superseded", _old.GoOnAsync);
        }
    }
}

/// <summary>What an old client does, until it is let go.</summary>
public enum OldClient
{
    /// <summary>It runs on.</summary>
    Running,

    /// <summary>It stands still.</summary>
    Paused,

    /// <summary>Its messages, and those to it, are lost.</summary>
    CutOff,

    /// <summary>Its messages, and those to it, are held, and arrive long after the takeover.</summary>
    Clogged,
}
