using FsCheck;
using Raid5Verify.Generation;

namespace Raid5Verify.Specs;

/// <summary>At most one bad unit a row: every operation succeeds, with correct bytes.</summary>
public sealed class Promise02_NoLoss
{
    [Promise(40)]
    public Property Every_operation_succeeds_whatever_one_fault_at_a_time_may_be() => Spec.Holds(Profile.Quick);

    [Promise(6)]
    public Property A_long_workload_with_many_faults_one_after_the_other_loses_nothing() => Spec.Holds(Profile.Default.Alone);
}
