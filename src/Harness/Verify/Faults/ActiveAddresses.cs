using Raid5Verify.Simulation;

namespace Raid5Verify.Faults;

/// <summary>Wrong servers at some addresses. Met when the client has said of one that it refuses it.</summary>
internal sealed class ActiveAddresses : ActiveFault
{
    private readonly FaultScene _scene;
    private readonly (int Place, Host Host)[] _wrong;
    private bool _wasRefused;

    public ActiveAddresses(FaultScene scene, Fault fault, (int Place, Host Host)[] wrong)
        : base(scene.Cluster.World, fault)
    {
        _scene = scene;
        _wrong = wrong;
        foreach ((int place, Host host) in wrong)
        {
            scene.Cluster.SetAddress(place, host);
        }
    }

    public override bool IsMet => _wasRefused || (EndedAt is null && IsRefused);

    private bool IsRefused =>
        Array.Exists(_wrong, wrong => _scene.Cluster.Array.Status.Members[wrong.Place].Refusal is not null);

    protected override void OnEnd()
    {
        _wasRefused = IsRefused;
        foreach ((int place, _) in _wrong)
        {
            _scene.Cluster.SetAddress(place, _scene.Cluster.Servers[place]);
        }
    }
}
