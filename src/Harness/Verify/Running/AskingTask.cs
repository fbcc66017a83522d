using Raid5Verify.Scenarios.Operations;

namespace Raid5Verify.Running;

/// <summary>One of the tasks of a client that ask side by side.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Operations">What it asks, one after another.</param>
internal sealed record AskingTask(string Name, IReadOnlyList<FileOperation> Operations);
