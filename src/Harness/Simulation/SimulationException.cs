namespace Raid5Verify.Simulation;

/// <summary>Ways in which a simulation itself fails. None of them says that the simulated system broke a promise.</summary>
public enum SimulationFailure
{
    /// <summary>Work ran, or tried to enter the simulation, on another thread: its order is no longer the seed's.</summary>
    Escape,

    /// <summary>The simulation's thread was asked to block; nothing could ever wake it.</summary>
    BlockingWait,

    /// <summary>Nothing is left to do, and the root task has not ended.</summary>
    Deadlock,

    /// <summary>Steps go on and on without an end: at one instant of virtual time, or past the run's bound.</summary>
    EndlessLoop,

    /// <summary>A task or a handler of a host threw what nobody awaited.</summary>
    UnhandledException,

    /// <summary>A buffer changed while a call that reads it was outstanding.</summary>
    BufferChanged,

    /// <summary>The harness asked the kernel for something impossible.</summary>
    Misuse,
}

/// <summary>The simulation failed as an instrument; the message says what, where and after which events.</summary>
public sealed class SimulationException : Exception
{
    public SimulationException(SimulationFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    public SimulationFailure Failure { get; }
}
