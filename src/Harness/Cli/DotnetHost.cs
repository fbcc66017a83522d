namespace Raid5Verify.Cli;

/// <summary>The program that runs programs.</summary>
internal static class DotnetHost
{
    /// <summary>The path of <c>dotnet</c>, where it says so to what it starts; else its name.</summary>
    public static string Path { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
}
