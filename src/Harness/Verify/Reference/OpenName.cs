namespace Raid5Verify.Reference;

/// <summary>The names that a scenario gives to open files: <c>$log</c>. They stand where a path may.</summary>
public static class OpenName
{
    public static bool Is(string path) => path.StartsWith('$');
}
