namespace Raid5Verify.Cluster;

/// <summary>Who may answer at a wrong address, and could be taken for the member.</summary>
public enum Stranger
{
    /// <summary>The same member of another array.</summary>
    OtherArray,

    /// <summary>The same member of an array that has other dimensions, under the same name.</summary>
    OtherGeometry,

    /// <summary>A blank server that was formatted as the array's next member.</summary>
    BlankMember,

    /// <summary>The array's next member itself: it answers at both addresses.</summary>
    NextMember,
}
