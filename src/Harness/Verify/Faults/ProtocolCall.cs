using Raid5Fs.Protocol;

namespace Raid5Verify.Faults;

/// <summary>A call that a client makes to a block server to keep files there.</summary>
public enum ProtocolCall
{
    /// <summary>Who it is, and where it stands.</summary>
    Inspect,

    /// <summary>A client claims the array.</summary>
    Open,

    /// <summary>Blocks are read.</summary>
    Read,

    /// <summary>Blocks are written, in the open epoch.</summary>
    Write,

    /// <summary>The open epoch is to be sealed.</summary>
    Prepare,

    /// <summary>The sealed epoch is decided.</summary>
    Commit,

    /// <summary>What a recovery decided.</summary>
    Record,

    /// <summary>The member takes part again.</summary>
    Join,

    /// <summary>Which rows were written since an epoch.</summary>
    Scan,
}

/// <summary>What the calls are called.</summary>
internal static class ProtocolCalls
{
    /// <summary>The name that gRPC gives it, such as <c>/raid5fs.BlockServer/Prepare</c>.</summary>
    public static string Method(this ProtocolCall call) => $"/{BlockServer.Descriptor.FullName}/{call}";
}
