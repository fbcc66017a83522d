namespace Raid5Fs.EndToEnd.Tests.Processes;

/// <summary>What a member is formatted as.</summary>
public sealed record MemberShape
{
    /// <summary>32 hexadecimal digits; null for a new array.</summary>
    public string? Array { get; init; }

    /// <summary>From 0.</summary>
    public int Member { get; init; }

    public int Servers { get; init; } = 3;

    /// <summary>Blocks on each server.</summary>
    public long Rows { get; init; } = 64;

    /// <summary>Bytes.</summary>
    public int BlockSize { get; init; } = 512;

    /// <summary>Blocks.</summary>
    public int Chunk { get; init; } = 4;

    /// <summary>As the program takes it.</summary>
    public IEnumerable<string> ToArguments() =>
    [
        .. Array is null ? (string[])[] : ["--array", Array],
        "--member", $"{Member}", "--servers", $"{Servers}", "--rows", $"{Rows}", "--block-size", $"{BlockSize}", "--chunk", $"{Chunk}",
    ];
}
