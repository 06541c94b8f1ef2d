/** Whoever writes an outbound message that is queued (the component, a Flow, Apex) has it sent: Buzón is told that there is news. */
trigger WhatsAppMessageReplies on WhatsApp_Message__c (after insert) {
    List<Id> ids = new List<Id>();
    for (WhatsApp_Message__c message : Trigger.new) {
        if (message.Direction__c == 'Outbound' && message.Status__c == 'Queued' && message.WA_Message_Id__c == null) {
            ids.add(message.Id);
        }
    }
    if (!ids.isEmpty() && !System.isFuture() && !System.isBatch() && Limits.getQueueableJobs() < Limits.getLimitQueueableJobs()) {
        System.enqueueJob(new BuzonRing(ids));
    }
}
