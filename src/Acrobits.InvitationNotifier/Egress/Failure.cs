namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Why there is no usable answer, fit to be shown.</summary>
internal readonly record struct Failure(Exception Exception, string ErrorType, string Reason)
{
    public static Failure Of(Exception exception)
    {
        var reported = Delivery.Faults.Reported(exception);
        return new(reported, Telemetry.SemanticConventions.ErrorTypeOf(reported), reported.Message);
    }
}
